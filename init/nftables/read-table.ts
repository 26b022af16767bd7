import { InitError } from '../init-error.ts';
import { type Hook, hookText } from './hooks.ts';
import { type Json, statementText } from './read-statement.ts';

/** What the kernel holds of our table, in the words of `statements`. */
export interface NftTable {
  /** Each chain with its hook in nft's words, '' for one that only jumps lead to. */
  readonly chains: readonly { readonly name: string; readonly hook: string }[];
  /** All rules, in order within each chain. */
  readonly rules: readonly { readonly chain: string; readonly spec: string }[];
  /** What else there is, such as a named set, or a flag of the table that stops all of it. */
  readonly others: readonly string[];
}

/**
 * Reads the output of `nft -j list table inet outrider`: `{"nftables": [{"metainfo": …}, {"table": …}, {"chain": …},
 * {"rule": …}]}`, as libnftables-json(5) has it.
 * @throws InitError `refused` when it is not that
 */
export function readTable(text: string): NftTable {
  const objects = parse(text);
  const of = (kind: string): readonly Json[] =>
    objects.flatMap((one) => (one[kind] ? [one[kind] as Json] : []));
  const known = ['metainfo', 'table', 'chain', 'rule'];
  const flags = of('table').flatMap((table) => (table.flags === undefined ? [] : [table.flags].flat()));
  return {
    chains: of('chain').map((chain) => ({ name: String(chain.name), hook: hook(chain) })),
    rules: of('rule').map(({ chain, expr }) => ({
      chain: String(chain),
      spec: Array.isArray(expr) ? expr.map((one) => statementText(one)).join(' ') : JSON.stringify(expr),
    })),
    others: [
      ...flags.map((flag) => `flags ${flagOf(flag)}`),
      ...objects.flatMap((one) =>
        Object.entries(one).flatMap(([kind, value]) =>
          known.includes(kind) ? [] : [`${kind} ${String((value as Json).name)}`],
        ),
      ),
    ],
  };
}

function parse(text: string): readonly Json[] {
  let json: { nftables?: unknown } | null;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    if (garbled.test(text)) return [{ table: { flags: 'dormant' } }];
    throw new InitError('refused', 'inet: nft printed no JSON', { cause });
  }
  if (Array.isArray(json?.nftables)) return json.nftables;
  throw new InitError('refused', 'inet: nft printed JSON that is no list of rules');
}

/**
 * Of a table with flags, nft 1.0.6 prints whatever lies in its memory in their place, and may break off there. A table
 * that is owned or persistent was made by others; all that is left is dormant: stopped as a whole.
 */
const garbled = /"table": \{[^}]*"flags": /;
const flagOf = (flag: unknown): string => (flag === 'owner' || flag === 'persist' ? flag : 'dormant');

function hook({ type, hook, prio, policy }: Json): string {
  if (hook === undefined) return '';
  const text = hookText({ type, hook, priority: Number(prio) } as Hook);
  return policy === undefined ? text : text.replace('policy accept', `policy ${String(policy)}`);
}
