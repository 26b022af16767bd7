import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { mostConnections } from '../../proxy/overload.ts';
import type { TcpProbe } from '../../proxy/probe.ts';
import { port } from '../../settings/port.ts';

const probe: TcpProbe = { address: '10.0.0.1', port: port(8080), periodSeconds: 10, timeoutSeconds: 1 };

const bootstrap = (memoryLimit?: number) =>
  renderBootstrap({
    outboundPort: port(15001),
    inboundPort: port(15006),
    families: ['ipv4'],
    adminSocket: '/run/outrider/admin.sock',
    probes: [probe],
    ...(memoryLimit !== undefined && { memoryLimit }),
  });

const Mi = 2 ** 20;
const type = (name: string): string => `type.googleapis.com/envoy.extensions.resource_monitors.${name}`;

describe('the overload manager', () => {
  it('gives memory back at three quarters of the limit, and refuses connections close to it', () => {
    const heap = (value: number): object[] => [
      { name: 'envoy.resource_monitors.fixed_heap', threshold: { value } },
    ];
    expect(bootstrap(256 * Mi).overload_manager).to.deep.equal({
      refresh_interval: '1s',
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.fixed_heap',
          typed_config: { '@type': type('fixed_heap.v3.FixedHeapConfig'), max_heap_size_bytes: 268435456 },
        },
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: {
            '@type': type('downstream_connections.v3.DownstreamConnectionsConfig'),
            max_active_downstream_connections: 1280,
          },
        },
      ],
      actions: [
        { name: 'envoy.overload_actions.shrink_heap', triggers: heap(0.75) },
        { name: 'envoy.overload_actions.reject_incoming_connections', triggers: heap(0.85) },
      ],
    });
  });

  it('is not there where no memory limit is known', () => {
    expect(bootstrap()).not.to.have.property('overload_manager');
  });

  it('leaves readiness, metrics, probes and the admin interface behind them alone', () => {
    const { admin, static_resources } = bootstrap(256 * Mi);
    expect(admin).to.include({ ignore_global_conn_limit: true });
    const exempt = static_resources?.listeners?.filter(
      (one) => one.ignore_global_conn_limit && one.bypass_overload_manager,
    );
    expect(exempt?.map(({ name }) => name)).to.deep.equal(['readiness', 'metrics', 'probes']);
  });

  it('counts whole connections and whole bytes, and at least one', () => {
    const limits = [64 * Mi, 96 * Mi + 1, 16 * Mi + 400_000, 16 * Mi, 1, 0.001];
    expect(limits.map(mostConnections)).to.deep.equal([256, 426, 2, 1, 1, 1]);
    const texts = [0.001, 1.5, 1e18].map((limit) => JSON.stringify(bootstrap(limit)));
    const sizes = texts.map((text) => /"max_heap_size_bytes":([^,}]+)/.exec(text)?.[1]);
    expect(sizes).to.deep.equal(['1', '1', '9007199254740991']);
  });
});
