import { expect } from 'chai';
import type { Host } from './host.ts';
import { outside, type Pair } from './pair.ts';
import { type Answer, connect } from './traffic.ts';

export const app = 1000;
export const proxy = 51337;
export const secondProxy = 51338;
const passthroughSource = { ipv4: '127.0.0.6', ipv6: '::6' } as const;
const localhost = { ipv4: '127.0.0.1', ipv6: '::1' } as const;

type Place = 'outside' | 'peer' | 'pod' | 'localhost';

export interface Connection {
  /** `app`, `proxy` and `secondProxy` are users in the pod, `passthrough` is the proxy from its passthrough source. */
  readonly from: 'app' | 'root' | 'proxy' | 'secondProxy' | 'passthrough' | 'peer';
  readonly to: `${Place}:${number}`;
  readonly goes: 'outbound' | 'inbound' | 'direct';
}

/** Opens the connection, and checks who answers it and what destination is seen there. */
export async function expectVerdict(
  pair: Pair,
  { from, to, goes }: Connection,
  family: 'ipv4' | 'ipv6',
): Promise<void> {
  const [place = '', portText] = to.split(':');
  const places: Record<string, string> = {
    outside: outside[family],
    peer: pair.peer.addresses[family],
    pod: pair.pod.addresses[family],
    localhost: localhost[family],
  };
  const target = { address: places[place] ?? '', port: Number(portText) };
  const host: Host = from === 'peer' ? pair.peer : pair.pod;
  const uid = { app, root: 0, proxy, secondProxy, passthrough: proxy, peer: 0 }[from];
  const source = from === 'passthrough' ? { source: passthroughSource[family] } : {};
  const answer = await connect(host, target, { uid, ...source });
  const { remote, ...rest } = answer as Exclude<Answer, { program: 'none' }>;
  const wanted = {
    direct: { program: 'server', local: target },
    outbound: { program: 'capture', listener: 15001, destination: target },
    inbound: { program: 'capture', listener: 15006, destination: target },
  }[goes];
  expect(rest).to.deep.equal(wanted);
  if (from === 'passthrough') expect(remote.address).to.equal(passthroughSource[family]);
}
