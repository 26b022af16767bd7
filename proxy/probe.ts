import type { Port } from '../settings/port.ts';

/**
 * A TCP probe of the kubelet's that the proxy answers. The kubelet itself would reach the proxy, which accepts
 * connections before it knows whether the application does.
 */
export interface TcpProbe {
  /** The pod's address, to which the kubelet would connect. */
  readonly address: string;
  readonly port: Port;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
}

/** The path at which the probe at `index` is answered. */
export const probePath = (index: number): string => `/probe/${index}`;

/** The cluster behind the probe at `index`, as in `probe|0|8080`. */
export const probeCluster = (index: number, { port }: TcpProbe): string => `probe|${index}|${port}`;
