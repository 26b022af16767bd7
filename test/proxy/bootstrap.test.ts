import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import type { Family } from '../../settings/cidr.ts';
import { port } from '../../settings/port.ts';

const golden = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), 'utf8'));

const bootstrap = (families: readonly Family[]) =>
  renderBootstrap({
    outboundPort: port(15001),
    inboundPort: port(15006),
    families,
    adminSocket: '/run/outrider/admin.sock',
    memoryLimit: 256 * 2 ** 20,
  });

/** Every value found under `key`, at any depth. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === key ? [inner] : []),
    ...valuesOf(key, inner),
  ]);
}

interface Named {
  name: string;
}
interface Listener extends Named {
  address: object;
  filter_chains: Named[];
  default_filter_chain?: Named;
}
interface StaticResources {
  listeners: Listener[];
  clusters: (Named & { type: string })[];
}
const resources = (families: readonly Family[]): StaticResources =>
  bootstrap(families).static_resources as unknown as StaticResources;

describe('the bootstrap', () => {
  it('of an IPv4 pod is the golden one', () => {
    expect(bootstrap(['ipv4'])).to.deep.equal(golden('ipv4'));
  });

  it('of a dual-stack pod with other ports and another socket is the golden one', () => {
    const rendered = renderBootstrap({
      outboundPort: port(16001),
      inboundPort: port(16006),
      families: ['ipv4', 'ipv6'],
      adminSocket: '/var/run/proxy/a.sock',
    });
    expect(rendered).to.deep.equal(golden('dual-other-ports'));
  });

  it('of an IPv6 pod has IPv6 addresses alone', () => {
    const rendered = bootstrap(['ipv6']);
    const sockets = valuesOf('socket_address', rendered) as { address: string }[];
    expect(sockets.map(({ address }) => address)).to.deep.equal(['::', '::', '::', '::']);
    expect(valuesOf('additional_addresses', rendered)).to.deep.equal([]);
    expect(valuesOf('upstream_bind_config', rendered)).to.deep.equal([
      { source_address: { address: '::6', port_value: 0 } },
    ]);
  });

  it('has the listeners, filter chains and clusters of the contract, by name', () => {
    const { listeners, clusters } = resources(['ipv4']);
    expect(
      listeners.map(({ name, filter_chains, default_filter_chain }) => [
        name,
        ...filter_chains.map((chain) => chain.name),
        default_filter_chain?.name,
      ]),
    ).to.deep.equal([
      ['virtualOutbound', 'virtualOutbound-blackhole', 'virtualOutbound-catchall-tcp'],
      ['virtualInbound', 'virtualInbound-blackhole', 'virtualInbound-catchall-tcp'],
      ['readiness', undefined, undefined],
      ['metrics', undefined, undefined],
    ]);
    expect(clusters.map(({ name, type }) => [name, type])).to.deep.equal([
      ['PassthroughCluster', 'ORIGINAL_DST'],
      ['InboundPassthroughCluster', 'ORIGINAL_DST'],
      ['BlackHoleCluster', 'STATIC'],
      ['admin', 'STATIC'],
    ]);
  });

  it('offers the admin interface on a Unix socket of the proxy alone, never on TCP or an abstract socket', () => {
    const { admin } = bootstrap(['ipv4', 'ipv6']);
    expect(admin).to.deep.include({ address: { pipe: { path: '/run/outrider/admin.sock', mode: 0o600 } } });
  });

  it('lets two paths through to the admin interface, by GET, and no other', () => {
    const routed = valuesOf('routes', bootstrap(['ipv4'])).flat() as { match: object; route?: object }[];
    const methods = [{ name: ':method', string_match: { exact: 'GET' } }];
    expect(routed.filter(({ route }) => route !== undefined).map(({ match }) => match)).to.deep.equal([
      { path: '/healthz/ready', headers: methods },
      { path: '/stats/prometheus', headers: methods },
    ]);
  });

  it('ends no quiet connection of the application', () => {
    const captured = resources(['ipv4']).listeners.filter(({ name }) => name.startsWith('virtual'));
    expect(valuesOf('idle_timeout', captured)).to.deep.equal(['0s', '0s', '0s', '0s']);
  });

  it('ends connections to its own ports soon: those that are quiet, and those that have been answered', () => {
    const own = resources(['ipv4']).listeners.filter(({ name }) => !name.startsWith('virtual'));
    expect(valuesOf('idle_timeout', own)).to.deep.equal(['2s', '2s']);
    expect(valuesOf('max_requests_per_connection', own)).to.deep.equal([1, 1]);
  });

  it('waits for no first byte: the original destination is the only listener filter', () => {
    const filters = valuesOf('listener_filters', bootstrap(['ipv4'])).flat() as Named[];
    expect(filters.map(({ name }) => name)).to.deep.equal([
      'envoy.filters.listener.original_dst',
      'envoy.filters.listener.original_dst',
    ]);
  });

  it('is the same, byte by byte, for the same input', () => {
    expect(JSON.stringify(bootstrap(['ipv4', 'ipv6']))).to.equal(JSON.stringify(bootstrap(['ipv4', 'ipv6'])));
  });

  it('cannot be made for no family at all', () => {
    expect(() => bootstrap([])).to.throw(RangeError, 'at least one address family');
  });
});
