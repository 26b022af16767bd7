import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { type Bootstrap, type FilterChain, type Listener, typed } from '../../proxy/resource.ts';
import { port } from '../../settings/port.ts';

/** The ways by which a request comes to the same server, and their configurations. */

/** Where the server listens. */
export const served = port(8080);
/** HAProxy's listeners, to which the client goes itself: no rules are in its way. */
export const haproxyPorts = { tcp: 18_081, http: 18_082 } as const;

export const ours = (adminSocket: string): Bootstrap =>
  renderBootstrap({
    outboundPort: port(15001),
    inboundPort: port(15006),
    families: ['ipv4'],
    adminSocket,
    memoryLimit: 256 * 2 ** 20,
  });

/**
 * Our bootstrap with the shape that a sidecar has which parses HTTP on ports that nobody declared: the first bytes of a
 * connection are looked at, and what is HTTP goes through a connection manager.
 */
export function sniffing(adminSocket: string): Bootstrap {
  const { static_resources, ...rest } = ours(adminSocket);
  const listeners = (static_resources?.listeners ?? []).map((listener) =>
    listener.name === 'virtualInbound' ? sniffingListener(listener) : listener,
  );
  return { ...rest, static_resources: { ...static_resources, listeners } };
}

const sniffingListener = (listener: Listener): Listener => ({
  ...listener,
  listener_filters: [
    ...(listener.listener_filters ?? []),
    {
      name: 'envoy.filters.listener.http_inspector',
      typed_config: typed('envoy.extensions.filters.listener.http_inspector.v3.HttpInspector', {}),
    },
  ],
  filter_chains: [...(listener.filter_chains ?? []), sniffedChain],
});

const cluster = 'InboundPassthroughCluster';

const sniffedChain: FilterChain = {
  name: 'http',
  filter_chain_match: { application_protocols: ['http/1.0', 'http/1.1', 'h2c'] },
  filters: [
    {
      name: 'envoy.filters.network.http_connection_manager',
      typed_config: typed(
        'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
        {
          stat_prefix: cluster,
          route_config: {
            virtual_hosts: [
              {
                name: cluster,
                domains: ['*'],
                routes: [{ match: { prefix: '/' }, route: { cluster, timeout: '0s' } }],
              },
            ],
          },
          http_filters: [
            {
              name: 'envoy.filters.http.router',
              typed_config: typed('envoy.extensions.filters.http.router.v3.Router', {}),
            },
          ],
        },
      ),
    },
  ],
};

/** The server, which answers by itself; and, where they are asked for, the two ways through HAProxy to it. */
export const haproxyConfiguration = (asProxy: boolean): string => `
global
    nbthread 1
    maxconn 4096
defaults
    mode http
    timeout connect 10s
    timeout client 1h
    timeout server 1h
frontend answers
    bind :${served}
    http-request return status 200 content-type text/plain string hello
${asProxy ? Object.entries(haproxyPorts).map(haproxyPath).join('') : ''}`;

const haproxyPath = ([mode, listener]: [string, number]): string => `
listen ${mode}
    mode ${mode}
    bind :${listener}
    server app 127.0.0.1:${served}
`;
