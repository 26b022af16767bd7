import type { Cidr } from '../settings/cidr.ts';
import type { RuleLine } from './chains.ts';
import { destinationPorts } from './multiport.ts';
import type { Match, Rule, Verdict } from './rule.ts';

/** A rule in the exact text that iptables-save prints back; several lines where its ports do not fit in one. */
export function renderLines({ chain, match, verdict, reason }: Rule): readonly RuleLine[] {
  const before = words(match);
  const target = `-j ${renderTarget(verdict)}`;
  const protocol = verdict.kind === 'redirect' ? ['-p tcp'] : [];
  const owner = match.uid === undefined ? [] : [`-m owner --uid-owner ${match.uid}`];
  const ports = match.destinationPorts && destinationPorts(match.destinationPorts);
  return (ports ?? [undefined]).map((some) => ({
    chain,
    spec: [...before, ...(some === undefined ? protocol : [some]), ...owner, target].join(' '),
    reason,
  }));
}

/** Addresses and interfaces, in the order in which iptables-save prints them. */
function words({ source, destination, notDestination, outInterface }: Match): readonly string[] {
  return [
    ...block('-s', source),
    ...block('-d', destination),
    ...block('! -d', notDestination),
    ...(outInterface === undefined ? [] : [`-o ${outInterface}`]),
  ];
}

const block = (flag: string, cidr: Cidr | undefined): readonly string[] =>
  cidr === undefined ? [] : [`${flag} ${cidr.text}`];

function renderTarget(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'return':
      return 'RETURN';
    case 'jump':
      return verdict.chain;
    case 'redirect':
      return `REDIRECT --to-ports ${verdict.port}`;
  }
}
