import { formatPortRange } from '../../settings/port.ts';
import type { RuleLine } from '../rules/chains.ts';
import type { Match, Rule, Verdict } from '../rules/rule.ts';
import { destinationPorts } from './multiport.ts';

/** A rule in the exact text that iptables-save prints back; several lines where its ports do not fit in one. */
export function renderLines({ table, chain, match, verdict, reason }: Rule): readonly RuleLine[] {
  const ports = match.destinationPorts ? destinationPorts(match.destinationPorts) : [[]];
  return ports.map((some) => ({
    table,
    chain,
    spec: [...endpoints(match), ...some, ...extensions(match), ...target(verdict)].join(' '),
    reason,
  }));
}

/** What iptables itself matches, in the order in which iptables-save prints it. */
function endpoints(match: Match): readonly string[] {
  return [
    ...option('-s', match.source?.text),
    ...option('-d', match.destination?.text),
    ...option('! -d', match.notDestination?.text),
    ...option('-i', match.inInterface),
    ...option('-o', match.outInterface),
    ...option('-p', match.protocol),
    ...option('! -p', match.notProtocol),
  ];
}

/** What extensions match, in the order in which we give them: iptables-save keeps it. */
function extensions({
  uid,
  gid,
  state,
  direction,
  mark,
  connectionMark,
  syn,
  foreignSource,
  protocol,
  icmpType,
}: Match): readonly string[] {
  const tracked = [...option('--ctstate', state), ...option('--ctdir', direction)];
  const owner = [...option('--uid-owner', uid), ...option('--gid-owner', gid)];
  return [
    ...option(protocol === 'icmp' ? '-m icmp --icmp-type' : '-m icmp6 --icmpv6-type', icmpType),
    ...option('-m tcp --tcp-flags FIN,SYN,RST,ACK', syn && 'SYN'),
    ...(owner.length > 0 ? ['-m owner', ...owner] : []),
    ...(tracked.length > 0 ? ['-m conntrack', ...tracked] : []),
    ...option('-m mark --mark', mark === undefined ? undefined : hex(mark)),
    ...option('-m connmark --mark', connectionMark === undefined ? undefined : hex(connectionMark)),
    ...option('-m addrtype ! --src-type', foreignSource && 'LOCAL'),
  ];
}

const option = (flag: string, value: string | number | undefined): readonly string[] =>
  value === undefined ? [] : [`${flag} ${value}`];

function target(verdict: Verdict): readonly string[] {
  switch (verdict.kind) {
    case 'return':
      return ['-j RETURN'];
    case 'jump':
      return [`-j ${verdict.chain}`];
    case 'redirect':
      return [`-j REDIRECT --to-ports ${verdict.port}`];
    case 'tproxy':
      return [`-j TPROXY --on-port ${verdict.port} --tproxy-mark ${hex(verdict.mark)}/0xffffffff`];
    case 'mark':
      return [`-j MARK --set-xmark ${hex(verdict.mark)}/0xffffffff`];
    case 'connection-mark':
      return [`-j CONNMARK --set-xmark ${hex(verdict.mark)}/0xffffffff`];
    case 'zone':
      return [`-j CT --zone-orig ${verdict.zone}`];
    case 'source-ports':
      return [`-j SNAT --to-source :${formatPortRange(verdict.ports)}`];
    case 'accept':
      return ['-j ACCEPT'];
    case 'reset':
      return ['-j REJECT --reject-with tcp-reset'];
    case 'drop':
      return ['-j DROP'];
  }
}

const hex = (mark: number): string => `0x${mark.toString(16)}`;
