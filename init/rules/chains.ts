import type { Table } from './rule.ts';

/** The chains in the kernel that are ours, by table, in the order in which they are declared. No name is used twice. */
const chainsOf = {
  raw: ['OUTRIDER_ZONE'],
  nat: [
    'OUTRIDER_INBOUND',
    'OUTRIDER_IN_REDIRECT',
    'OUTRIDER_OUTPUT',
    'OUTRIDER_REDIRECT',
    'OUTRIDER_SOURCE',
  ],
  mangle: ['OUTRIDER_DROP', 'OUTRIDER_TPROXY', 'OUTRIDER_DIVERT', 'OUTRIDER_IN_TPROXY', 'OUTRIDER_ANSWER'],
  filter: ['OUTRIDER_STALE', 'OUTRIDER_CAGE'],
} as const satisfies Record<Table, readonly string[]>;

export const tables: readonly Table[] = ['raw', 'nat', 'mangle', 'filter'];

export type Chain = (typeof chainsOf)[Table][number];

export const chains: readonly Chain[] = tables.flatMap((table): readonly Chain[] => chainsOf[table]);

export const isOurs = (chain: string): chain is Chain => chains.some((one) => one === chain);

export const tableOf = (chain: Chain): Table =>
  tables.find((table) => chainsOf[table].some((one) => one === chain)) ?? 'nat';

/** One rule as iptables knows it: `spec` is what iptables-save prints behind `-A CHAIN `. */
export interface RuleLine {
  readonly table: Table;
  readonly chain: string;
  readonly spec: string;
  /** Why the rule is there, in one phrase without a line break. */
  readonly reason: string;
}

export const ruleText = ({ chain, spec }: Pick<RuleLine, 'chain' | 'spec'>): string => `-A ${chain} ${spec}`;
