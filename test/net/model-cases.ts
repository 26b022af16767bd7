import fc from 'fast-check';
import { addresses, type Opener, servedPorts } from './world.ts';

/** Flags of `outrider-init` without their dashes. */
export type Flags = Readonly<Record<string, string>>;

/** A connection to open, as the kernel sees it. */
export interface Attempt {
  readonly opener: Opener;
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly port: number;
  readonly source?: string;
  /** By which it goes out, for `trace`; eth0 unless told. */
  readonly outInterface?: string;
}

const list = (pool: readonly string[], most = 4): fc.Arbitrary<string> =>
  fc.subarray([...pool], { maxLength: Math.min(most, pool.length) }).map((items) => items.join(','));
const some = (pool: readonly string[]): fc.Arbitrary<string> =>
  fc.subarray([...pool], { minLength: 1 }).map((items) => items.join(','));
const star = (arbitrary: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ arbitrary, weight: 7 }, { arbitrary: fc.constant('*'), weight: 1 });
const yes = fc.constant('true');

const blocks = [
  ...['10.77.0.0/24', '10.77.0.2/32', '10.0.0.0/8', '203.0.113.0/24', '198.51.100.9/32', '0.0.0.0/0'],
  ...['fd00:77::/64', 'fd00:78::2/128', '2001:db8::/32', '2001:db8:1::/48', '::/0', '127.0.0.0/8'],
];
const sources = ['10.77.0.2/32', '203.0.113.0/24', '10.78.0.0/24', 'fd00:77::/64', '2001:db8::7/128'];
const ports = ['80', '81', '443', '80-81', '8080-9000', '8000-8100', '9000', '15020', '1-65535'];

/** What each setting may be; a case has about a third of them. */
const settings: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'include-outbound-cidrs': star(list(blocks)),
  'exclude-outbound-cidrs': star(list(blocks, 3)),
  'include-outbound-ports': star(list(ports)),
  'exclude-outbound-ports': star(list(ports.slice(0, -1), 3)),
  'include-inbound-ports': star(list(ports)),
  'exclude-inbound-ports': star(list(ports.slice(0, -1), 3)),
  'exclude-inbound-cidrs': list(sources, 3),
  'exclude-interfaces': fc.constantFrom('eth0', 'eth1', 'lo', 'eth0,eth1'),
  'virtual-interfaces': fc.constant('eth1'),
  'exclude-uids': list(['0', '1000', '1001']),
  'exclude-gids': list(['0', '1000', '2000']),
  'proxy-uid': some(['51337', '51338']),
  'proxy-gid': some(['51337', '2000']),
  'drop-invalid': yes,
  'redirect-mode': fc.constant('tproxy'),
  'outbound-policy': fc.constant('blackhole'),
  'outbound-port': fc.constant('16001'),
  'inbound-port': fc.constant('16006'),
  'ip-families': fc.constantFrom('dual', 'dual', 'ipv4', 'ipv6'),
};

export const arbitraryFlags: fc.Arbitrary<Flags> = fc
  .tuple(
    ...Object.entries(settings).map(([key, value]) =>
      fc
        .tuple(fc.integer({ min: 0, max: 2 }), value)
        .map(([given, text]): [string, string][] => (given === 0 ? [[key, text]] : [])),
    ),
  )
  .map((entries): Flags => ({ 'ip-families': 'dual', ...Object.fromEntries(entries.flat()) }));

/** User and group. The proxy's, applications', root, and mixtures. */
const users = [
  ...[0, 1000, 1001, 51337, 51338].map((id) => [id, id] as const),
  ...([
    [1000, 51337],
    [1001, 2000],
    [0, 51337],
    [51337, 0],
  ] as const),
];

const localhost = { ipv4: '127.0.0.1', ipv6: '::1' } as const;
/** Only of IPv4 is there more than one. */
const alsoLocalhost = { ipv4: '127.0.0.5', ipv6: '::1' } as const;
const passthrough = { ipv4: '127.0.0.6', ipv6: '::6' } as const;

const { pod, peer, guest, outside, farther } = addresses;

type Place = { readonly ipv4: string; readonly ipv6: string };

/** Where each may connect to, and from: what the routes of the world allow. */
const ways: readonly {
  readonly opener: fc.Arbitrary<Opener>;
  readonly to: readonly Place[];
  readonly from: readonly Place[];
  readonly weight: number;
  readonly outInterface?: string;
}[] = [
  { opener: inPod(), to: [outside, farther, peer], from: [], weight: 6 },
  { opener: inPod(), to: [guest], from: [], weight: 1, outInterface: 'eth1' },
  { opener: inPod(), to: [...pod, localhost, alsoLocalhost], from: [], weight: 4 },
  { opener: inPod(), to: [...pod, localhost, alsoLocalhost], from: [passthrough], weight: 2 },
  { opener: fc.constant({ at: 'peer' }), to: [pod[0]], from: [peer, outside, farther], weight: 4 },
  { opener: fc.constant({ at: 'guest' }), to: [...pod, peer, outside, farther], from: [guest], weight: 3 },
];

function inPod(): fc.Arbitrary<Opener> {
  return fc.constantFrom(...users).map(([uid, gid]) => ({ at: 'pod', uid, gid }));
}

export const arbitraryAttempt: fc.Arbitrary<Attempt> = fc.oneof(
  ...ways.map(({ opener, to, from, weight, outInterface }) => ({
    weight,
    arbitrary: fc
      .record({
        opener,
        family: fc.constantFrom('ipv4' as const, 'ipv6' as const),
        to: fc.constantFrom(...to),
        from: fc.constantFrom(...from, ...(from.length === 0 ? [undefined] : [])),
        port: fc.constantFrom(...servedPorts),
      })
      .map(
        ({ opener: who, family, to: place, from: source, port }): Attempt => ({
          ...{ opener: who, family, port, address: place[family] },
          ...(source !== undefined && { source: source[family] }),
          ...(outInterface !== undefined && { outInterface }),
        }),
      ),
  })),
);

/** Simpler settings than these: one of them less, or one item less in a list of one of them. */
export function simpler(flags: Flags): readonly Flags[] {
  const keys = Object.keys(flags).filter((key) => key !== 'ip-families');
  const without = keys.map((key) =>
    Object.fromEntries(Object.entries(flags).filter(([other]) => other !== key)),
  );
  const shorter = keys.flatMap((key) => {
    const items = (flags[key] ?? '').split(',');
    if (items.length < 2) return [];
    return items.map((_, index) => ({ ...flags, [key]: items.filter((_, at) => at !== index).join(',') }));
  });
  return [...without, ...shorter];
}
