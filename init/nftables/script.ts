import { type Hook, hookOf, hookText } from './hooks.ts';
import type { NftTable } from './read-table.ts';
import { type FamilyRules, shareRules } from './share.ts';
import { statements } from './statement.ts';

/** One chain of our table, and its rules. `hook` is undefined for a chain that only jumps lead to. */
export interface NftChain {
  readonly name: string;
  readonly hook: Hook | undefined;
  readonly rules: readonly NftRule[];
}

export interface NftRule {
  readonly chain: string;
  readonly spec: string;
  readonly reason: string;
}

export const tableName = 'outrider';

/** The chains of the table `inet outrider` that holds the rules of all `families`. */
export function nftChains(families: readonly FamilyRules[]): readonly NftChain[] {
  const chains = new Map<string, { hook: Hook | undefined; rules: NftRule[] }>();
  for (const one of shareRules(families)) {
    const { table, chain, reason } = one.rule;
    const hook = hookOf(table, chain);
    // nat's OUTPUT and filter's are two chains here too. Ours have a name each, whatever their table.
    const name = hook === undefined ? chain : `${table}_${hook.hook}`;
    const rules = chains.get(name)?.rules ?? [];
    rules.push(...statements(one).map((spec) => ({ chain: name, spec, reason })));
    chains.set(name, { hook, rules });
  }
  return [...chains].map(([name, chain]) => ({ name, ...chain }));
}

/**
 * The text for `nft -f -` after which our table holds these chains and nothing else. It is one transaction: adding
 * the table makes sure that there is one to delete, and no packet meets the state in between. To delete costs the
 * kernel 10 ms, so where no table was `seen`, it is emptied instead: another run may have written it since.
 */
export const applyScript = (chains: readonly NftChain[], seen: 'table' | 'no-table' = 'table'): string =>
  [
    ...(seen === 'table' ? replace : [replace[0], `flush table inet ${tableName}`]),
    `table inet ${tableName} {`,
    ...chains.flatMap(chainText),
    '}',
    '',
  ].join('\n');

/** The text for `nft -f -` after which there is no table of ours, whether there was one or not. */
export const cleanupScript = (): string => [...replace, ''].join('\n');

/** The text for `nft -f -` after which the table is as it was read, without the comments. */
export const restoreScript = ({ chains, rules }: NftTable): string =>
  [
    ...replace,
    `table inet ${tableName} {`,
    ...chains.flatMap(({ name, hook }) => [
      `\tchain ${name} {`,
      ...(hook === '' ? [] : [`\t\t${hook}`]),
      ...rules.filter(({ chain }) => chain === name).map(({ spec }) => `\t\t${spec}`),
      '\t}',
    ]),
    '}',
    '',
  ].join('\n');

const replace = [`add table inet ${tableName}`, `delete table inet ${tableName}`];

const chainText = ({ name, hook, rules }: NftChain): readonly string[] => [
  `\tchain ${name} {`,
  ...(hook === undefined ? [] : [`\t\t${hookText(hook)}`]),
  ...rules.map(({ spec, reason }) => `\t\t${spec} comment "${comment(reason)}"`),
  '\t}',
];

/** nft has no escape for a quote, and its comments have room for 127 bytes (NFTNL_UDATA_COMMENT_MAXLEN). */
const comment = (reason: string): string =>
  Buffer.from(reason.replaceAll('"', "'"))
    .subarray(0, 127)
    .toString()
    .replace(/\uFFFD+$/, '');
