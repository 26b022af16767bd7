import type { HttpPort } from '../../proxy/http-port.ts';
import type { TcpProbe } from '../../proxy/probe.ts';
import type { Tracing } from '../../proxy/tracing.ts';
import type { Family } from '../../settings/cidr.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Uid } from '../../settings/uid.ts';
import type { JsonObject } from '../admission/json.ts';
import type { Revision } from '../decision/revision.ts';

/** Everything that the injected parts of one pod are rendered from. */
export interface Plan {
  readonly settings: Settings & { readonly ipFamilies: 'ipv4' | 'ipv6' | 'dual' };
  readonly families: readonly Family[];
  readonly proxyUid: Uid;
  /** TCP probes that the proxy answers. */
  readonly probes: readonly TcpProbe[];
  /** On which the application speaks HTTP. */
  readonly httpPorts: readonly HttpPort[];
  /** Of requests; none where nobody is told. */
  readonly tracing: Tracing | undefined;
  /** Limits of the pod as a whole, within which Kubernetes wants those of each container. */
  readonly podLimits: JsonObject;
  /** Bytes. */
  readonly memoryLimit: number;
  /** Worker threads of the proxy. */
  readonly concurrency: number;
  /** How long the proxy stays at least, from the deletion of the pod on. */
  readonly drainSeconds: number;
  readonly initImage: string;
  readonly version: string;
  /** Of the injector. */
  readonly revision: Revision;
}
