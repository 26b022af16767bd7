/** The chains in the kernel's nat table that are ours, in the order in which they are declared. */
export const chains = [
  'OUTRIDER_INBOUND',
  'OUTRIDER_IN_REDIRECT',
  'OUTRIDER_OUTPUT',
  'OUTRIDER_REDIRECT',
] as const;

export type Chain = (typeof chains)[number];

export const isOurs = (chain: string): chain is Chain => chains.some((one) => one === chain);

/** One rule as iptables knows it: `spec` is what iptables-save prints behind `-A CHAIN `. */
export interface RuleLine {
  readonly chain: string;
  readonly spec: string;
  /** Why the rule is there, in one phrase without a line break. */
  readonly reason: string;
}

/** The ways into our chains: each the first rule of its chain, so that no other rule decides before. */
export const jumps: readonly RuleLine[] = [
  { chain: 'PREROUTING', spec: '-p tcp -j OUTRIDER_INBOUND', reason: 'TCP that arrives at the pod' },
  { chain: 'OUTPUT', spec: '-p tcp -j OUTRIDER_OUTPUT', reason: 'TCP that the pod sends' },
];

export const ruleText = ({ chain, spec }: Pick<RuleLine, 'chain' | 'spec'>): string => `-A ${chain} ${spec}`;
