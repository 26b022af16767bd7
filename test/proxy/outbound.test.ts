import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { type AllowedPort, type Outbound, outboundOf } from '../../proxy/outbound.ts';
import type { Cidr } from '../../settings/cidr.ts';
import { parseCidr } from '../../settings/cidr.ts';
import { port } from '../../settings/port.ts';

function cidrs(...texts: readonly string[]): Cidr[] {
  return texts.map((text) => {
    const parsed = parseCidr(text);
    if (!parsed.ok) throw new Error(text);
    return parsed.value;
  });
}

interface Config {
  readonly cluster?: string;
  readonly route_config?: { readonly virtual_hosts: readonly { readonly domains: readonly string[] }[] };
}
interface Chain {
  readonly name: string;
  readonly filter_chain_match?: object;
  readonly filters: readonly { readonly typed_config: Config }[];
}
interface Listener {
  readonly name: string;
  readonly listener_filters: readonly object[];
  readonly filter_chains: readonly Chain[];
  readonly default_filter_chain: Chain;
}

const render = (outbound?: Outbound): object =>
  renderBootstrap({
    outboundPort: port(15001),
    inboundPort: port(15006),
    families: ['ipv4', 'ipv6'],
    adminSocket: '/run/outrider/admin.sock',
    ...(outbound && { outbound }),
  });

function listenerOf(name: string, outbound?: Outbound): Listener {
  const { static_resources } = render(outbound) as { static_resources: { listeners: readonly Listener[] } };
  const listener = static_resources.listeners.find((one) => one.name === name);
  if (listener === undefined) throw new Error(name);
  return listener;
}

/** The chains of a listener, its default one last: name, condition, and the cluster to which it leads. */
function chainsOf(name: string, outbound?: Outbound): unknown[] {
  const { filter_chains, default_filter_chain } = listenerOf(name, outbound);
  return [...filter_chains, default_filter_chain].map((chain) => [
    chain.name,
    chain.filter_chain_match,
    chain.filters.map(({ typed_config: { cluster } }) => cluster).join(),
  ]);
}

/** Every value found under `key`, at any depth. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === key ? [inner] : []),
    ...valuesOf(key, inner),
  ]);
}

const blackhole = (
  allowedCidrs: readonly Cidr[] = [],
  allowedPorts: readonly AllowedPort[] = [],
): Outbound => ({ kind: 'blackhole', allowedCidrs, allowedPorts });

const ownPort = ['virtualOutbound-blackhole', { destination_port: 15001 }, 'BlackHoleCluster'];

describe('the outbound policy', () => {
  it('lets everything pass by default', () => {
    expect(chainsOf('virtualOutbound')).to.deep.equal([
      ownPort,
      ['virtualOutbound-catchall-tcp', undefined, 'PassthroughCluster'],
    ]);
  });

  it('blackhole sends everything to the black hole', () => {
    expect(chainsOf('virtualOutbound', blackhole())).to.deep.equal([
      ownPort,
      ['virtualOutbound-catchall-tcp', undefined, 'BlackHoleCluster'],
    ]);
  });

  it('blackhole lets through what is allowed, in both families', () => {
    const allowedCidrs = cidrs('10.96.0.1/32', '192.0.2.0/24', '2001:db8::/32');
    expect(chainsOf('virtualOutbound', blackhole(allowedCidrs))).to.deep.equal([
      ownPort,
      [
        'virtualOutbound-allowed-cidrs',
        {
          prefix_ranges: [
            { address_prefix: '10.96.0.1', prefix_len: 32 },
            { address_prefix: '192.0.2.0', prefix_len: 24 },
            { address_prefix: '2001:db8::', prefix_len: 32 },
          ],
        },
        'PassthroughCluster',
      ],
      ['virtualOutbound-catchall-tcp', undefined, 'BlackHoleCluster'],
    ]);
  });

  it('says nothing of what comes in', () => {
    const policies: Outbound[] = [{ kind: 'allow-any' }, blackhole(cidrs('::/0'))];
    for (const outbound of policies) {
      expect(chainsOf('virtualInbound', outbound)).to.deep.equal([
        ['virtualInbound-blackhole', { destination_port: 15006 }, 'BlackHoleCluster'],
        ['virtualInbound-catchall-tcp', undefined, 'InboundPassthroughCluster'],
      ]);
    }
  });

  it('is as the settings have it: nothing is allowed but where the policy refuses', () => {
    const allowed = {
      allowOutboundCidrs: cidrs('192.0.2.0/24', '10.0.0.0/8', '192.0.2.9/24'),
      allowOutboundHosts: [
        { name: 'b.example', port: undefined },
        { name: '*.a.example', port: port(8443) },
        { name: 'a.example', port: port(443) },
        { name: 'b.example', port: port(443) },
        { name: 'own.example', port: port(15001) },
      ],
      outboundPort: port(15001),
    };
    expect(outboundOf({ outboundPolicy: 'allow-any', ...allowed })).to.deep.equal({ kind: 'allow-any' });
    expect(outboundOf({ outboundPolicy: 'blackhole', ...allowed })).to.deep.equal({
      kind: 'blackhole',
      allowedCidrs: cidrs('192.0.2.0/24', '10.0.0.0/8'),
      allowedPorts: [
        { port: 80, names: ['b.example'] },
        { port: 443, names: ['b.example', 'a.example'] },
        { port: 8443, names: ['*.a.example'] },
      ],
    });
  });
});

describe('hosts that are allowed', () => {
  const outbound = blackhole(cidrs('192.0.2.0/24'), [
    { port: port(80), names: ['a.example', '*.b.example'] },
    { port: port(8443), names: ['a.example'] },
  ]);
  const byName = (name: string): Chain => {
    const chain = listenerOf('virtualOutbound', outbound).filter_chains.find((one) => one.name === name);
    if (chain === undefined) throw new Error(name);
    return chain;
  };

  it('have filter chains of their own ports, on which allowed addresses are looked for once more', () => {
    const listener = listenerOf('virtualOutbound', outbound);
    const prefix_ranges = [{ address_prefix: '192.0.2.0', prefix_len: 24 }];
    expect(
      listener.filter_chains.map(({ name, filter_chain_match }) => [name, filter_chain_match]),
    ).to.deep.equal([
      ['virtualOutbound-blackhole', { destination_port: 15001 }],
      ['virtualOutbound-allowed-cidrs', { prefix_ranges }],
      ['virtualOutbound-allowed-cidrs-80', { destination_port: 80, prefix_ranges }],
      ['virtualOutbound-allowed-cidrs-8443', { destination_port: 8443, prefix_ranges }],
      [
        'virtualOutbound-allowed-hosts-tls-80',
        { destination_port: 80, transport_protocol: 'tls', server_names: ['a.example', '*.b.example'] },
      ],
      ['virtualOutbound-allowed-hosts-http-80', { destination_port: 80, transport_protocol: 'raw_buffer' }],
      [
        'virtualOutbound-allowed-hosts-tls-8443',
        { destination_port: 8443, transport_protocol: 'tls', server_names: ['a.example'] },
      ],
      [
        'virtualOutbound-allowed-hosts-http-8443',
        { destination_port: 8443, transport_protocol: 'raw_buffer' },
      ],
    ]);
  });

  it('are called on the port that was dialled, by TLS and by HTTP', () => {
    const [resolve, carry] = byName('virtualOutbound-allowed-hosts-tls-8443').filters;
    expect(resolve?.typed_config).to.include({ port_value: 8443 });
    expect(carry?.typed_config).to.include({ cluster: 'AllowedHostsCluster' });
    const domains = (name: string): unknown =>
      byName(name).filters[0]?.typed_config.route_config?.virtual_hosts[0]?.domains;
    expect(domains('virtualOutbound-allowed-hosts-http-80')).to.deep.equal([
      'a.example',
      'a.example:80',
      '*.b.example',
      '*.b.example:80',
    ]);
    expect(domains('virtualOutbound-allowed-hosts-http-8443')).to.deep.equal(['a.example:8443']);
  });

  it('are not told by a header that the application has a private address', () => {
    const [http] = byName('virtualOutbound-allowed-hosts-http-80').filters;
    expect(http?.typed_config).to.deep.include({
      internal_address_config: { cidr_ranges: [{ address_prefix: '255.255.255.255', prefix_len: 32 }] },
    });
  });

  it('are waited for on their own ports alone', () => {
    const [, inspector] = listenerOf('virtualOutbound', outbound).listener_filters;
    expect(inspector).to.deep.include({
      name: 'envoy.filters.listener.tls_inspector',
      filter_disabled: {
        not_match: {
          or_match: {
            rules: [
              { destination_port_range: { start: 80, end: 81 } },
              { destination_port_range: { start: 8443, end: 8444 } },
            ],
          },
        },
      },
    });
    const one = blackhole([], [{ port: port(443), names: ['a.example'] }]);
    expect(listenerOf('virtualOutbound', one).listener_filters[1]).to.deep.include({
      filter_disabled: { not_match: { destination_port_range: { start: 443, end: 444 } } },
    });
  });

  it('are resolved the same way wherever Envoy does it: it refuses two caches of one name that differ', () => {
    const caches = valuesOf('dns_cache_config', render(outbound));
    expect(caches).to.have.lengthOf(5);
    for (const cache of caches) expect(cache).to.deep.equal(caches[0]);
    expect(caches[0]).to.deep.include({ dns_lookup_family: 'ALL' });
  });

  it('are not there where none is named', () => {
    expect(valuesOf('dns_cache_config', render(blackhole()))).to.deep.equal([]);
  });
});
