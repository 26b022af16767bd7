import type { Host } from '../host.ts';
import { kernelState } from '../kernel-state.ts';

/**
 * Chains are listed in the order of their making, which says nothing, and those of the kernel stay once a table is in
 * use; rules of routing have a number that is free.
 */
export async function comparable(host: Host): Promise<string> {
  const state = await kernelState(host);
  const lines = state.split('\n');
  const declared = lines.filter((line) => line.startsWith(':')).sort();
  return [...declared, ...lines.filter((line) => !line.startsWith(':'))]
    .filter((line) => !/^:[A-Z]+ ACCEPT$/.test(line))
    .map((line) => line.replace(/^\d+:/, ''))
    .join('\n')
    .replace(/^\*\w+\nCOMMIT\n/gm, '');
}

/** What is others' of it. */
export const withoutOurs = (state: string): string =>
  state
    .replace(/^table inet outrider \{\n[\s\S]*?^\}\n/gm, '')
    .replace(/^.*OUTRIDER_(?!OUTPUT\\").*\n/gm, '')
    .replace(/^.*(fwmark 0x539|local default dev lo).*\n?/gm, '')
    .replaceAll(' ::6/128', '')
    .replace(/^\*\w+\nCOMMIT\n/gm, '');
