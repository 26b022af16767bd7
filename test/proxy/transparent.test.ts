import { expect } from 'chai';
import { type BootstrapInput, renderBootstrap } from '../../proxy/bootstrap.ts';
import { port } from '../../settings/port.ts';

interface Listener {
  readonly name: string;
  readonly transparent?: boolean;
  readonly listener_filters?: readonly { readonly name: string }[];
}

const input: BootstrapInput = {
  outboundPort: port(15001),
  inboundPort: port(15006),
  families: ['ipv4', 'ipv6'],
  adminSocket: '/run/outrider/admin.sock',
};

const render = (more: Partial<BootstrapInput>) => {
  const { static_resources, ...rest } = renderBootstrap({ ...input, ...more });
  const { listeners = [], ...others } = static_resources ?? {};
  return { listeners: listeners as unknown as readonly Listener[], others: { ...rest, ...others } };
};

describe('the bootstrap with TPROXY', () => {
  it('differs in nothing but the inbound listener', () => {
    const [redirect, tproxy] = [render({}), render({ redirectMode: 'tproxy' })];
    expect(tproxy.others).to.deep.equal(redirect.others);
    const differing = tproxy.listeners.filter(
      (listener, index) => JSON.stringify(listener) !== JSON.stringify(redirect.listeners[index]),
    );
    expect(differing.map(({ name }) => name)).to.deep.equal(['virtualInbound']);
  });

  it('takes inbound connections for any address, and passes them on from their peers', () => {
    const [redirect, tproxy] = [render({}), render({ redirectMode: 'tproxy' })].map(
      ({ listeners }) => listeners[1],
    );
    expect(tproxy).to.deep.equal({
      ...redirect,
      transparent: true,
      listener_filters: [
        {
          name: 'envoy.filters.listener.original_src',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.listener.original_src.v3.OriginalSrc',
          },
        },
        {
          name: 'envoy.filters.listener.original_dst',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst',
          },
        },
      ],
    });
  });

  it('asks who the peer is before the filter that may give up waiting', () => {
    const httpPorts = [{ port: port(8080), protocol: 'auto' }] as const;
    const [, inbound] = render({ redirectMode: 'tproxy', httpPorts }).listeners;
    expect(inbound?.listener_filters?.map(({ name }) => name)).to.deep.equal([
      'envoy.filters.listener.original_src',
      'envoy.filters.listener.original_dst',
      'envoy.filters.listener.http_inspector',
    ]);
  });

  it('says the default outright, to the same effect', () => {
    expect(render({ redirectMode: 'redirect' })).to.deep.equal(render({}));
  });
});
