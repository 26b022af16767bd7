/** Envoy's image as an application and as its client: it speaks HTTP/2 without TLS, which busybox does not. */
const image = 'envoyproxy/envoy:distroless-v1.40.0';

type Ports = Readonly<Record<string, number>>;

/** A container `app` with these ports by their names, which answers on each by its number, in HTTP/1.1 and HTTP/2. */
export function envoyApp(ports: Ports): object {
  const listeners = Object.values(ports).map((port) =>
    listener(port, { direct_response: { status: 200, body: { inline_string: `hello from ${port}` } } }),
  );
  const containerPorts = Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort }));
  return { ...container({ listeners }), ports: containerPorts };
}

/**
 * A container `app` that passes on what comes, in HTTP/2, to these ports of an address: the first by 10001, and so on.
 * By 10000 it does so in HTTP/1.1 to the first.
 */
export function envoyClient(address: string, ports: Ports): object {
  const [first = 0, ...more] = Object.values(ports);
  const targets = [first, first, ...more].map((port, index) => ({ name: `to-${index}`, port, index }));
  return container({
    listeners: targets.map(({ name, index }) => listener(10000 + index, { route: { cluster: name } })),
    clusters: targets.map(({ name, port, index }) => ({
      name,
      type: 'STATIC',
      typed_extension_protocol_options: {
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
          '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
          explicit_http_config: { [index === 0 ? 'http_protocol_options' : 'http2_protocol_options']: {} },
        },
      },
      load_assignment: {
        cluster_name: name,
        endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(address, port) } }] }],
      },
    })),
  });
}

const socketAddress = (address: string, port: number): object => ({
  socket_address: { address, port_value: port },
});

const listener = (port: number, action: object): object => ({
  name: `on-${port}`,
  address: socketAddress('0.0.0.0', port),
  filter_chains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            stat_prefix: `on-${port}`,
            route_config: {
              virtual_hosts: [
                { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, ...action }] },
              ],
            },
            http_filters: [
              {
                name: 'envoy.filters.http.router',
                typed_config: {
                  '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
                },
              },
            ],
          },
        },
      ],
    },
  ],
});

const container = (resources: object): object => ({
  name: 'app',
  image,
  imagePullPolicy: 'IfNotPresent',
  args: ['--config-yaml', JSON.stringify({ static_resources: resources }), '--concurrency', '1'],
});
