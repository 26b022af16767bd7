import { expect } from 'chai';
import { InitError } from '../../../init/init-error.ts';
import { parseOptions } from '../../../init/options.ts';
import { trace } from '../../../init/trace/trace.ts';

type Flags = Readonly<Record<string, string>>;

const own = { 'own-address': '10.1.1.1,fd00::1' };
const traced = (flags: Flags): string =>
  trace(parseOptions('trace', new Map(Object.entries({ ...own, ...flags })), {})).text;

/** The verdict, and the port of this host where there is one. */
function goes(flags: Flags): string {
  const { verdict, port } = JSON.parse(traced({ ...flags, output: 'json' }));
  return port === undefined ? verdict : `${verdict} ${port}`;
}

const proxy = { uid: '51337' };
const app = { uid: '1000' };
const peer = { 'from-peer': 'true' };
const tproxy = { 'redirect-mode': 'tproxy' };
const cage = { 'outbound-policy': 'blackhole' };
const udp = { protocol: 'udp' };
const guest = { 'virtual-interfaces': 'tap0', ...peer, 'in-interface': 'tap0' };

const table: readonly [flags: Flags, to: string, to6: string, goes: string][] = [
  [{ ...peer, 'exclude-interfaces': 'eth0' }, '10.1.1.1:80', '[fd00::1]:80', 'direct'],
  [{ ...app, 'exclude-interfaces': 'eth0' }, '192.0.2.1:80', '[2001:db8::1]:80', 'direct'],
  [guest, '192.0.2.1:80', '[2001:db8::1]:80', 'outbound 15001'],
  [peer, '10.1.1.1:15021', '[fd00::1]:15021', 'direct'],
  [peer, '10.1.1.1:80', '[fd00::1]:80', 'inbound 15006'],
  [{ ...proxy, source: '' }, '10.1.1.1:80', '[fd00::1]:80', 'direct'],
  [proxy, '10.1.1.1:80', '[fd00::1]:80', 'inbound 15006'],
  [proxy, '192.0.2.1:80', '[2001:db8::1]:80', 'direct'],
  [proxy, '127.0.0.1:80', '[::1]:80', 'direct'],
  [{ ...app, 'exclude-uids': '1000' }, '192.0.2.1:80', '[2001:db8::1]:80', 'direct'],
  [{ ...app, gid: '7', 'exclude-gids': '7' }, '192.0.2.1:80', '[2001:db8::1]:80', 'direct'],
  [app, '127.0.0.1:80', '[::1]:80', 'direct'],
  [app, '10.1.1.1:80', '[fd00::1]:80', 'direct'],
  [app, '192.0.2.1:80', '[2001:db8::1]:80', 'outbound 15001'],
  [{ ...tproxy, ...peer }, '10.1.1.1:80', '[fd00::1]:80', 'inbound 15006'],
  [{ ...tproxy, ...peer }, '10.1.1.1:15090', '[fd00::1]:15090', 'direct'],
  [{ ...tproxy, ...app }, '10.1.1.1:80', '[fd00::1]:80', 'direct'],
  [{ ...tproxy, ...app }, '192.0.2.1:80', '[2001:db8::1]:80', 'outbound 15001'],
  [{ ...cage, ...udp }, '192.0.2.1:4242', '[2001:db8::1]:4242', 'dropped'],
  [{ ...cage, ...udp }, '127.0.0.1:4242', '[::1]:4242', 'direct'],
  [{ ...cage, ...udp, ...guest }, '192.0.2.1:4242', '[2001:db8::1]:4242', 'dropped'],
  [{ ...cage, ...app }, '192.0.2.1:80', '[2001:db8::1]:80', 'outbound 15001'],
];

describe('Trace', () => {
  for (const [flags, ipv4, ipv6, wanted] of table) {
    const passed = 'source' in flags;
    it(`tells ${wanted} for ${ipv4} and ${ipv6} with ${JSON.stringify(flags)}`, () => {
      expect(goes({ ...flags, to: ipv4, ...(passed && { source: '127.0.0.6' }) })).to.equal(wanted);
      expect(goes({ ...flags, to: ipv6, ...(passed && { source: '::6' }) })).to.equal(wanted);
    });
  }

  it('tells direct for a family that is not captured', () => {
    expect(goes({ 'ip-families': 'ipv4', to: '[2001:db8::1]:80' })).to.equal('direct');
  });

  it('draws the path', () => {
    expect(
      traced({ to: '192.0.2.1:80', uid: '1000', 'exclude-outbound-ports': '22' }),
    ).to.equal(`tcp from the pod, uid 1000, gid 0, 10.1.1.1 to 192.0.2.1:80

nat OUTPUT
  › tcp                                       → OUTRIDER_OUTPUT          TCP that the pod sends
    · from 127.0.0.6/32, out lo               return                     (from 10.1.1.1)
    · not to 127.0.0.1/32, out lo, uid 51337  → OUTRIDER_IN_REDIRECT     (out eth0)
    · out lo                                  return                     (out eth0)
    · uid 51337                               mark the connection 0x53a  (uid 1000)
    · uid 51337                               return                     (uid 1000)
    · tcp, port 22                            return                     (port 80)
    › everything                              → OUTRIDER_REDIRECT        include-outbound-cidrs
      ► tcp                                   redirect to 15001          to the proxy, outbound
filter OUTPUT
  · tcp, connection's mark 0x53a, SYN         → OUTRIDER_STALE           (the first of its connection)

outbound, to port 15001: by rule 7 of nat OUTRIDER_OUTPUT (include-outbound-cidrs), then rule 1 of nat OUTRIDER_REDIRECT (to the proxy, outbound; outbound-port)
`);
  });

  for (const [flag, flags] of [
    ['--to', {}],
    ['--to', { to: '10.0.0.1' }],
    ['--to', { to: '2001:db8::1:80' }],
    ['--uid', { to: '10.0.0.1:80', 'from-peer': 'true', uid: '1' }],
    ['--in-interface', { to: '10.0.0.1:80', 'in-interface': 'eth0' }],
    ['--source', { to: '10.0.0.1:80', source: 'fd00::1' }],
    ['--from', { to: '10.0.0.1:80', from: '/nonexistent/dump' }],
  ] as const) {
    it(`refuses ${JSON.stringify(flags)}, naming ${flag}`, () => {
      expect(() => traced(flags))
        .to.throw(InitError, flag)
        .with.property('exitCode', 2);
    });
  }
});
