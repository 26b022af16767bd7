import type { Families } from '../cluster.ts';

/** The same thing in both address families. */
export interface Pair {
  readonly ipv4: string;
  readonly ipv6: string;
}

/** The cable between this machine and the node: its two ends, and the networks on it. */
export const host: Pair = { ipv4: '10.245.0.1', ipv6: 'fd00:10:245::1' };
export const node: Pair = { ipv4: '10.245.0.2', ipv6: 'fd00:10:245::2' };
export const cablePrefix: Pair = { ipv4: '30', ipv6: '126' };

export const podCidr: Pair = { ipv4: '10.244.0.0/24', ipv6: 'fd00:10:244::/64' };
/** The first address of each pod network is the bridge's own. */
export const bridgeAddress: Pair = { ipv4: '10.244.0.1/24', ipv6: 'fd00:10:244::1/64' };

export const serviceCidr: Pair = { ipv4: '10.96.0.0/16', ipv6: 'fd00:10:96::/112' };
/** The first address of the service network is the API server's, by Kubernetes' own rule. */
export const apiService = '10.96.0.1';
/** Where Kubernetes installers put the cluster's resolver; no server answers there until a test deploys one. */
export const dnsService = '10.96.0.10';

/** Interface names, at most 15 bytes each. */
export const hostLink = 'outrider-host';
export const nodeLink = 'eth0';
export const bridge = 'outrider-pods';

export const apiServerPort = 6443;
export const etcdPort = 2379;
export const kubeProxyHealthPort = 10256;

export const nodeName = 'outrider-node';

/** The members of a pair that exist in the given families, IPv4 first, as Kubernetes wants the primary one. */
export function members(pair: Pair, families: Families): string[] {
  return families === 'dual' ? [pair.ipv4, pair.ipv6] : [pair.ipv4];
}
