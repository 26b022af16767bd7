import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { renderArguments } from '../../proxy/arguments.ts';
import { type BootstrapInput, renderBootstrap } from '../../proxy/bootstrap.ts';
import type { TcpProbe } from '../../proxy/probe.ts';
import { port } from '../../settings/port.ts';

const input: BootstrapInput = {
  outboundPort: port(15001),
  inboundPort: port(15006),
  families: ['ipv4'],
  adminSocket: '/run/outrider/admin.sock',
};
const probe = (number: number, periodSeconds = 10, timeoutSeconds = 1): TcpProbe => ({
  address: '$(POD_IP)',
  port: port(number),
  periodSeconds,
  timeoutSeconds,
});

const filter = (path: string, cluster: string): object => ({
  name: 'envoy.filters.http.health_check',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck',
    pass_through_mode: false,
    headers: [{ name: ':path', string_match: { exact: path } }],
    cluster_min_healthy_percentages: { [cluster]: { value: 100 } },
  },
});

const listener = {
  name: 'probes',
  address: { socket_address: { address: '0.0.0.0', port_value: 15020 } },
  per_connection_buffer_limit_bytes: 65536,
  ignore_global_conn_limit: true,
  bypass_overload_manager: true,
  filter_chains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            stat_prefix: 'probes',
            codec_type: 'HTTP1',
            max_request_headers_kb: 8,
            request_headers_timeout: '2s',
            request_timeout: '2s',
            common_http_protocol_options: {
              idle_timeout: '2s',
              max_stream_duration: '10s',
              max_requests_per_connection: 1,
            },
            route_config: {
              virtual_hosts: [
                {
                  name: 'probes',
                  domains: ['*'],
                  routes: [{ match: { prefix: '/' }, direct_response: { status: 404 } }],
                },
              ],
            },
            http_filters: [
              filter('/probe/0', 'probe|0|8080'),
              filter('/probe/1', 'probe|1|9090'),
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
};

const second = {
  name: 'probe|1|9090',
  type: 'STATIC',
  connect_timeout: '3s',
  upstream_bind_config: { source_address: { address: '127.0.0.6', port_value: 0 } },
  health_checks: [
    {
      tcp_health_check: {},
      timeout: '3s',
      interval: '20s',
      no_traffic_interval: '1s',
      no_traffic_healthy_interval: '20s',
      healthy_threshold: 1,
      unhealthy_threshold: 1,
    },
  ],
  load_assignment: {
    cluster_name: 'probe|1|9090',
    endpoints: [
      {
        lb_endpoints: [
          { endpoint: { address: { socket_address: { address: '$(POD_IP)', port_value: 9090 } } } },
        ],
      },
    ],
  },
};

interface StaticResources {
  readonly listeners: readonly object[];
  readonly clusters: readonly { readonly name: string; readonly upstream_bind_config?: object }[];
}
const resources = (more: Partial<BootstrapInput>): StaticResources =>
  renderBootstrap({ ...input, ...more }).static_resources as unknown as StaticResources;

describe('TCP probes in the bootstrap', () => {
  it('are one listener, and behind each path a cluster that asks its port', () => {
    const golden = JSON.parse(readFileSync(new URL('golden/ipv4.json', import.meta.url), 'utf8'));
    const { listeners, clusters } = resources({ probes: [probe(8080), probe(9090, 20, 3)] });
    expect(listeners).to.deep.equal([...golden.static_resources.listeners, listener]);
    expect(clusters.slice(0, -2)).to.deep.equal(golden.static_resources.clusters);
    expect(clusters.slice(-2).map(({ name }) => name)).to.deep.equal(['probe|0|8080', 'probe|1|9090']);
    expect(clusters.at(-1)).to.deep.equal(second);
  });

  it('are nothing at all where there is none', () => {
    expect(resources({ probes: [] })).to.deep.equal(resources({}));
  });

  it('are told apart where several ask one port', () => {
    const { clusters } = resources({ probes: [probe(8080, 1), probe(8080, 2)] });
    expect(clusters.slice(-2).map(({ name }) => name)).to.deep.equal(['probe|0|8080', 'probe|1|8080']);
  });

  it('come from the passthrough source of both families, which the rules leave alone', () => {
    const { clusters } = resources({ families: ['ipv4', 'ipv6'], probes: [probe(8080)] });
    expect(clusters.at(-1)?.upstream_bind_config).to.deep.equal({
      source_address: { address: '127.0.0.6', port_value: 0 },
      extra_source_addresses: [{ address: { address: '::6', port_value: 0 } }],
    });
  });

  it("leave the pod's address to the kubelet, and no other variable", () => {
    const [, bootstrap = ''] = renderArguments({
      ...input,
      adminSocket: '/run/$(POD_IP)/"address":"$(POD_IP)"',
      probes: [probe(8080)],
      logLevel: 'warning',
      concurrency: 2,
      node: { id: 'a', cluster: 'b' },
    });
    expect(bootstrap).to.include('"socket_address":{"address":"$(POD_IP)","port_value":8080}');
    expect(bootstrap).to.include('"path":"/run/$$(POD_IP)/\\"address\\":\\"$$(POD_IP)\\""');
    expect(bootstrap.match(/(?<!\$)\$\(/g)).to.have.lengthOf(1);
  });
});
