import { port } from './port.ts';
import { uid } from './uid.ts';

/** The fixed numbers and names that rules, proxy and webhook share. */

export const prefix = 'outrider.io/';

export const defaultOutboundPort = port(15001);
export const defaultInboundPort = port(15006);
export const probePort = port(15020);
export const readinessPort = port(15021);
export const metricsPort = port(15090);

/** Listeners of the proxy itself: never captured inbound, whatever the settings. */
export const ownPorts = [probePort, readinessPort, metricsPort] as const;

export const readinessPath = '/healthz/ready';
export const metricsPath = '/stats/prometheus';

export const defaultProxyUid = uid(51337);

/**
 * The proxy's source address towards the application. No application binds to it, so the rules can tell a
 * passed-through inbound connection from the proxy's own connections.
 */
export const passthroughSource = { ipv4: '127.0.0.6', ipv6: '::6' } as const;

/** Envoy takes any number of worker threads; this is far past the largest node on which a sidecar would help. */
export const mostWorkers = 128;

export const defaultProxyImage = 'envoyproxy/envoy:distroless-v1.40.0';
