import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { Envoy } from '../envoy.ts';
import { createPair, outside, type Pair } from '../pair.ts';
import { startSettledProxy } from '../settled-proxy.ts';
import { fixture } from '../traffic.ts';

/** The user of the application, who attacks. */
export const attacker = { uid: 1000 } as const;

/** Who must not be reached: an address as public as the allowed host's, on the same machine. */
export const forbidden = { ipv4: '198.51.100.66', ipv6: '2001:db8:66::66' } as const;

const always = {
  'outbound-policy': 'blackhole',
  'allow-outbound-hosts': 'shop.example,*.wild.example',
} as const;

/** What the world's DNS says, beside what a test adds. */
const records = [
  `shop.example=${outside.ipv4}`,
  `www.wild.example=${outside.ipv4}`,
  `forbidden.example=${forbidden.ipv4},${forbidden.ipv6}`,
];

export interface BlackholedPod extends Pair {
  readonly envoy: Envoy;
}

/**
 * A pod that may call `shop.example` and what is below `wild.example`, at the addresses of `outside`, and a world that
 * also has the addresses of `forbidden`.
 */
export async function createBlackholedPod(
  texts: Readonly<Record<string, string>> = {},
  moreRecords: readonly string[] = [],
): Promise<BlackholedPod> {
  const pair = await createPair();
  const folder = `/etc/netns/${pair.pod.name}`;
  const close = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    await pair.close();
  };
  try {
    const { pod, peer } = pair;
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/resolv.conf`, `nameserver ${peer.addresses.ipv4}\n`);
    await peer.exec('ip', ['addr', 'add', `${forbidden.ipv4}/32`, 'dev', 'lo']);
    await peer.exec('ip', ['addr', 'add', `${forbidden.ipv6}/128`, 'dev', 'lo', 'nodad']);
    const dns = [fixture('dns.py'), peer.addresses.ipv4, ...records, ...moreRecords];
    await peer.spawn('/usr/bin/python3', dns).nextLine();
    const envoy = await startSettledProxy(pod, { 'ip-families': 'dual', ...always, ...texts });
    const stop = async (): Promise<void> => {
      await envoy.stop();
      await close();
    };
    return { ...pair, envoy, close: stop };
  } catch (error) {
    await close();
    throw error;
  }
}
