import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import type { HttpPort } from '../../proxy/http-port.ts';
import { port } from '../../settings/port.ts';

interface Chain {
  name: string;
  filter_chain_match: { destination_port: number };
  filters: { typed_config: { codec_type?: string } }[];
}
interface Resources {
  listeners: {
    name: string;
    filter_chains: Chain[];
    default_filter_chain: Chain;
    listener_filters: unknown[];
  }[];
  clusters: { name: string }[];
}

function render(
  httpPorts: readonly HttpPort[],
  families: readonly ('ipv4' | 'ipv6')[] = ['ipv4'],
): Resources {
  const { static_resources } = renderBootstrap({
    outboundPort: port(15001),
    inboundPort: port(15006),
    families,
    adminSocket: '/run/outrider/admin.sock',
    httpPorts,
  });
  return static_resources as unknown as Resources;
}

const golden = JSON.parse(readFileSync(new URL('golden/http-port.json', import.meta.url), 'utf8'));
const inboundOf = ({ listeners }: Resources) => listeners.find(({ name }) => name === 'virtualInbound');
const web: HttpPort = { port: port(8080), protocol: 'http' };

describe('a port on which HTTP is declared', () => {
  it('has a filter chain of its own, the golden one', () => {
    const chains = inboundOf(render([web]))?.filter_chains;
    expect(chains?.map(({ name }) => name)).to.deep.equal(['virtualInbound-blackhole', 'inbound|8080||']);
    expect(chains?.[1]).to.deep.equal(golden.chain);
  });

  it('has the golden cluster behind it, which calls the application from the passthrough source', () => {
    const { clusters } = render([web], ['ipv4', 'ipv6']);
    expect(clusters.map(({ name }) => name)).to.deep.equal([
      'PassthroughCluster',
      'InboundPassthroughCluster',
      'InboundPassthroughHttpCluster',
      'BlackHoleCluster',
      'admin',
    ]);
    expect(clusters[2]).to.deep.equal(golden.cluster);
  });

  it('leaves every other port as it is: bytes, from the first one on', () => {
    const [without, having] = [inboundOf(render([])), inboundOf(render([web]))];
    expect(having?.default_filter_chain).to.deep.equal(without?.default_filter_chain);
    expect(having?.listener_filters).to.deep.equal(without?.listener_filters);
  });

  it('is spoken to in the version that it declares, and for plain http in that of the peer', () => {
    const chains = inboundOf(
      render([web, { port: port(8082), protocol: 'http2' }, { port: port(9000), protocol: 'grpc' }]),
    )?.filter_chains;
    expect(
      chains
        ?.slice(1)
        .map(({ filter_chain_match, filters }) => [
          filter_chain_match.destination_port,
          filters[0]?.typed_config.codec_type,
        ]),
    ).to.deep.equal([
      [8080, 'AUTO'],
      [8082, 'HTTP2'],
      [9000, 'HTTP2'],
    ]);
  });

  it('is looked at where it is auto, for at most a second, and no other port is', () => {
    const auto: HttpPort = { port: port(9090), protocol: 'auto' };
    const one = inboundOf(render([web, auto]));
    expect(one?.filter_chains[2]?.filter_chain_match).to.deep.equal({
      destination_port: 9090,
      application_protocols: ['http/1.0', 'http/1.1', 'h2c'],
    });
    expect(one?.filter_chains[2]?.filters[0]?.typed_config.codec_type).to.equal('AUTO');
    expect(one?.listener_filters[1]).to.deep.equal({
      name: 'envoy.filters.listener.http_inspector',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.listener.http_inspector.v3.HttpInspector',
      },
      filter_disabled: { not_match: { destination_port_range: { start: 9090, end: 9091 } } },
    });
    expect(one).to.include({ listener_filters_timeout: '1s', continue_on_listener_filters_timeout: true });

    const two = inboundOf(render([auto, { port: port(65535), protocol: 'auto' }]));
    expect(two?.listener_filters[1]).to.have.deep.property('filter_disabled', {
      not_match: {
        or_match: {
          rules: [
            { destination_port_range: { start: 9090, end: 9091 } },
            { destination_port_range: { start: 65535, end: 65536 } },
          ],
        },
      },
    });
  });
});
