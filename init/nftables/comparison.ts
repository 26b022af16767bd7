import { compareChain, type Difference } from '../iptables/comparison.ts';
import { hookText } from './hooks.ts';
import type { NftTable } from './read-table.ts';
import type { NftChain } from './script.ts';

/**
 * What is not as wanted, chain by chain and in order; nothing when all is. `found` is undefined when the kernel has no
 * table of ours.
 */
export function compareTable(
  wanted: readonly NftChain[],
  found: NftTable = { chains: [], rules: [], others: [] },
): readonly Difference[] {
  const names = new Set([...wanted, ...found.chains].map(({ name }) => name));
  return [
    ...compareHeads(wanted, found),
    ...[...names].flatMap((name) =>
      compareChain(
        wanted.find((chain) => chain.name === name)?.rules ?? [],
        found.rules.filter(({ chain }) => chain === name).map(ruleLine),
        ruleLine,
      ),
    ),
  ];
}

/** The chains themselves: one at another priority, or without its hook, has the right rules to no effect. */
function compareHeads(wanted: readonly NftChain[], found: NftTable): readonly Difference[] {
  const lines = wanted.map(({ name, hook }) => headLine(name, hook === undefined ? '' : hookText(hook)));
  const there = found.chains.map(({ name, hook }) => headLine(name, hook));
  const extra = [...there.filter((line) => !lines.includes(line)), ...found.others];
  return [
    ...lines.filter((line) => !there.includes(line)).map((line) => ({ kind: 'missing', line }) as const),
    ...extra.map((line) => ({ kind: 'extra', line }) as const),
  ];
}

const headLine = (name: string, hook: string): string =>
  hook === '' ? `chain ${name}` : `chain ${name} { ${hook} }`;
const ruleLine = ({ chain, spec }: { chain: string; spec: string }): string => `${chain}: ${spec}`;
