import type { Family } from '../settings/cidr.ts';
import type { Port } from '../settings/port.ts';
import type { AccessLog, RedirectMode } from '../settings/settings.ts';
import { renderAccessLog } from './access-log.ts';
import { renderAdminCluster } from './clusters/admin.ts';
import { renderAllowedHostsCluster } from './clusters/allowed-hosts.ts';
import { renderBlackHoleCluster } from './clusters/black-hole.ts';
import { renderInboundHttpCluster } from './clusters/inbound-http.ts';
import {
  renderInboundPassthroughCluster,
  renderPassthroughCluster,
} from './clusters/original-destination.ts';
import { renderProbeCluster } from './clusters/probe.ts';
import { renderTracingCluster } from './clusters/tracing.ts';
import type { HttpPort } from './http-port.ts';
import { renderMetrics, renderReadiness } from './listeners/admin-path.ts';
import { renderVirtualInbound, renderVirtualOutbound } from './listeners/capture.ts';
import { renderProbes } from './listeners/probes.ts';
import { allowAny, namesHosts, type Outbound } from './outbound.ts';
import { renderOverloadManager } from './overload.ts';
import { renderRuntime } from './own-listeners.ts';
import type { TcpProbe } from './probe.ts';
import type { Bootstrap } from './resource.ts';
import { renderStats } from './stats.ts';
import type { Tracing } from './tracing.ts';

/** What the bootstrap depends on. */
export interface BootstrapInput {
  readonly outboundPort: Port;
  readonly inboundPort: Port;
  /** At least one. */
  readonly families: readonly Family[];
  /** Absolute path of the admin interface's Unix socket, in a folder that the proxy alone mounts. */
  readonly adminSocket: string;
  /** All of it passes by default. */
  readonly outbound?: Outbound;
  /** In the order of their paths; none by default. */
  readonly probes?: readonly TcpProbe[];
  /** None of them the inbound port; none by default. */
  readonly httpPorts?: readonly HttpPort[];
  /** Of the container, in bytes. Without one, what the proxy takes is not bounded. */
  readonly memoryLimit?: number;
  /** Off by default. */
  readonly accessLog?: AccessLog;
  /** Of requests, where HTTP is parsed; none by default. */
  readonly tracing?: Tracing | undefined;
  /** How inbound connections come; redirected by default. */
  readonly redirectMode?: RedirectMode;
}

/**
 * Envoy's static bootstrap (envoy.config.bootstrap.v3.Bootstrap) for one pod. The same input gives the same bytes.
 *
 * The admin interface has no TCP port: the application shares the pod's network, and would reach it.
 */
export function renderBootstrap({
  outboundPort,
  inboundPort,
  families,
  adminSocket,
  outbound = allowAny,
  probes = [],
  httpPorts = [],
  memoryLimit,
  accessLog = 'off',
  tracing,
  redirectMode = 'redirect',
}: BootstrapInput): Bootstrap {
  const observation = { accessLog, tracing };
  const parsesHttp = httpPorts.length > 0 || namesHosts(outbound);
  return {
    // Readiness is asked there, through the proxy's own listener: exempt as that is.
    admin: { address: { pipe: { path: adminSocket, mode: 0o600 } }, ignore_global_conn_limit: true },
    ...(memoryLimit !== undefined && { overload_manager: renderOverloadManager(memoryLimit) }),
    layered_runtime: renderRuntime(),
    stats_config: renderStats(),
    static_resources: {
      listeners: [
        {
          ...renderVirtualOutbound(families, outboundPort, outbound, observation),
          ...renderAccessLog(accessLog, 'outbound'),
        },
        {
          ...renderVirtualInbound(families, inboundPort, httpPorts, observation, redirectMode),
          ...renderAccessLog(accessLog, 'inbound'),
        },
        renderReadiness(families),
        renderMetrics(families),
        ...(probes.length > 0 ? [renderProbes(families, probes)] : []),
      ],
      clusters: [
        renderPassthroughCluster(),
        renderInboundPassthroughCluster(families),
        ...(httpPorts.length > 0 ? [renderInboundHttpCluster(families)] : []),
        renderBlackHoleCluster(),
        ...(namesHosts(outbound) ? [renderAllowedHostsCluster(families)] : []),
        ...(tracing !== undefined && parsesHttp ? [renderTracingCluster(tracing.endpoint, families)] : []),
        renderAdminCluster(adminSocket),
        ...probes.map((probe, index) => renderProbeCluster(probe, index, families)),
      ],
    },
  };
}
