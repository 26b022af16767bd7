import type { Families } from '../cluster.ts';
import {
  bridge,
  bridgeAddress,
  cablePrefix,
  host,
  hostLink,
  members,
  node,
  nodeLink,
  podCidr,
  serviceCidr,
} from './addresses.ts';

/** Input for `ip -batch` in the machine's network namespace: its end of the cable, and the ways over it. */
export function renderHostLinks(families: Families, namespacesPid: number): string {
  const over = members(node, families);
  return batch([
    `link add ${hostLink} type veth peer name ${nodeLink} netns ${namespacesPid}`,
    ...addresses(host, families, hostLink),
    `link set ${hostLink} up`,
    ...members(podCidr, families).map((cidr, i) => `route add ${cidr} via ${over[i]}`),
    ...members(serviceCidr, families).map((cidr, i) => `route add ${cidr} via ${over[i]}`),
  ]);
}

/**
 * The same for the node's own network namespace. There is no default route: what a pod sends anywhere
 * else is answered with "unreachable" and never leaves the node.
 */
export function renderNodeLinks(families: Families): string {
  return batch([
    'link set lo up',
    ...addresses(node, families, nodeLink),
    `link set ${nodeLink} up`,
    `link add ${bridge} type bridge`,
    // Set by the bridge plugin as well, but only when the first pod comes.
    ...members(bridgeAddress, families).map((address) => addressOn(bridge, address)),
    `link set ${bridge} up`,
    // The API server is a client of services too. Its packets are routed before kube-proxy's rules rewrite the
    // destination, so that there must be some route, whichever.
    ...members(serviceCidr, families).map((cidr) => `route add ${cidr} dev ${bridge}`),
  ]);
}

/** Paths below /proc/sys/net that must hold 1 in the node's network namespace. */
export function networkSwitches(families: Families): string[] {
  return [
    'ipv4/ip_forward',
    // Pods of one bridge reach each other without the IP layer. The answer of a service's pod must pass
    // through the rules all the same, or the client would see it come from a stranger.
    'bridge/bridge-nf-call-iptables',
    ...(families === 'dual' ? ['ipv6/conf/all/forwarding', 'bridge/bridge-nf-call-ip6tables'] : []),
  ];
}

function addresses(pair: typeof host, families: Families, link: string): string[] {
  const prefixes = members(cablePrefix, families);
  return members(pair, families).map((address, i) => addressOn(link, `${address}/${prefixes[i]}`));
}

/** Nobody else is on these links, and IPv6's search for duplicates would make the address wait a second. */
function addressOn(link: string, address: string): string {
  return `address add ${address} dev ${link}${address.includes(':') ? ' nodad' : ''}`;
}

function batch(lines: string[]): string {
  return `${lines.join('\n')}\n`;
}
