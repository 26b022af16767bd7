import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { type Outbound, outboundOf } from '../../proxy/outbound.ts';
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

interface Chain {
  readonly name: string;
  readonly filter_chain_match?: object;
  readonly filters: readonly { readonly typed_config: { readonly cluster: string } }[];
}
interface Listener {
  readonly name: string;
  readonly filter_chains: readonly Chain[];
  readonly default_filter_chain: Chain;
}

/** The chains of a listener, its default one last: name, condition, and the cluster to which it leads. */
function chainsOf(name: string, outbound?: Outbound): unknown[] {
  const { static_resources } = renderBootstrap({
    outboundPort: port(15001),
    inboundPort: port(15006),
    families: ['ipv4', 'ipv6'],
    adminSocket: '/run/outrider/admin.sock',
    ...(outbound && { outbound }),
  }) as unknown as { static_resources: { listeners: readonly Listener[] } };
  const listener = static_resources.listeners.find((one) => one.name === name);
  if (listener === undefined) throw new Error(name);
  return [...listener.filter_chains, listener.default_filter_chain].map((chain) => [
    chain.name,
    chain.filter_chain_match,
    chain.filters.map(({ typed_config: { cluster } }) => cluster).join(),
  ]);
}

const ownPort = ['virtualOutbound-blackhole', { destination_port: 15001 }, 'BlackHoleCluster'];

describe('the outbound policy', () => {
  it('lets everything pass by default', () => {
    expect(chainsOf('virtualOutbound')).to.deep.equal([
      ownPort,
      ['virtualOutbound-catchall-tcp', undefined, 'PassthroughCluster'],
    ]);
  });

  it('blackhole sends everything to the black hole', () => {
    expect(chainsOf('virtualOutbound', { kind: 'blackhole', allowedCidrs: [] })).to.deep.equal([
      ownPort,
      ['virtualOutbound-catchall-tcp', undefined, 'BlackHoleCluster'],
    ]);
  });

  it('blackhole lets through what is allowed, in both families', () => {
    const allowedCidrs = cidrs('10.96.0.1/32', '192.0.2.0/24', '2001:db8::/32');
    expect(chainsOf('virtualOutbound', { kind: 'blackhole', allowedCidrs })).to.deep.equal([
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
    const policies: Outbound[] = [{ kind: 'allow-any' }, { kind: 'blackhole', allowedCidrs: cidrs('::/0') }];
    for (const outbound of policies) {
      expect(chainsOf('virtualInbound', outbound)).to.deep.equal([
        ['virtualInbound-blackhole', { destination_port: 15006 }, 'BlackHoleCluster'],
        ['virtualInbound-catchall-tcp', undefined, 'InboundPassthroughCluster'],
      ]);
    }
  });

  it('is as the settings have it: nothing is allowed but where the policy refuses', () => {
    const allowOutboundCidrs = cidrs('192.0.2.0/24');
    expect(outboundOf({ outboundPolicy: 'allow-any', allowOutboundCidrs })).to.deep.equal({
      kind: 'allow-any',
    });
    expect(outboundOf({ outboundPolicy: 'blackhole', allowOutboundCidrs })).to.deep.equal({
      kind: 'blackhole',
      allowedCidrs: allowOutboundCidrs,
    });
  });
});
