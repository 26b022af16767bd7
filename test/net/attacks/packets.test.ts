import { expect } from 'chai';
import { outside } from '../pair.ts';
import { fixture, startServer } from '../traffic.ts';
import { attacker, type BlackholedPod, createBlackholedPod, forbidden } from './blackholed-pod.ts';
import { type Wire, watchWire } from './wire.ts';

/** A port that is no allowed host's. */
const otherPort = 4444;

/**
 * Who shares the pod's kernel may find it set so: a router's forwarding, which IPv4 inherits from the node, pings for
 * everybody, as containerd sets it, and routes in packets, which nobody has a reason to allow.
 */
const worstKernel = `
  echo '0 2147483647' >net/ipv4/ping_group_range
  echo 1 >net/ipv4/ip_forward
  echo 1 >net/ipv6/conf/all/forwarding
  for name in all lo eth0; do
    echo 1 >net/ipv4/conf/$name/accept_source_route
    echo 1 >net/ipv6/conf/$name/seg6_enabled
  done`;

/** Of the kernel, for a TCP connection that was captured and is bound to an interface: no host takes it (RFC 1122, 4291). */
const toLoopback = ['127.0.0.1', '::1'];

const worsen = async ({ pod }: BlackholedPod): Promise<void> => {
  const { exitCode, stderr } = await pod.exec('sh', ['-ec', `cd /proc/sys\n${worstKernel}`]);
  expect(exitCode, stderr).to.equal(0);
};

const attempt = async (
  { pod }: BlackholedPod,
  how: string,
  address: string,
  port: number,
): Promise<string> => {
  const args = [fixture('send-packet.py'), how, address, `${port}`];
  const { stdout, stderr } = await pod.exec('/usr/bin/python3', args, attacker);
  expect(stderr).to.equal('');
  return stdout.trim();
};

describe('packets of a black-holed pod to who is forbidden', () => {
  let pod: BlackholedPod;
  let wire: Wire;

  before(async function () {
    this.timeout(60_000);
    pod = await createBlackholedPod();
    await startServer(pod.peer, [53, 80, 443, otherPort]);
    await worsen(pod);
    wire = await watchWire(pod);
  });
  after(() => pod?.close());

  /** What left the pod for somebody. */
  const escaped = async () => (await wire.packets()).filter(({ to }) => !toLoopback.includes(to));

  for (const family of ['ipv4', 'ipv6'] as const) {
    describe(`over ${family}`, () => {
      const neighbour = { ipv4: '10.77.0.99', ipv6: 'fd00:77::99' }[family];
      const multicast = { ipv4: '224.0.0.251', ipv6: 'ff02::fb' }[family];
      const loopback = { ipv4: '127.0.0.1', ipv6: '::1' }[family];
      const own = { ipv4: '10.77.0.1', ipv6: 'fd00:77::1' }[family];

      for (const [what, how, port] of [
        ['TCP to another port', 'tcp', otherPort],
        ['TCP to the port of DNS', 'tcp', 53],
        ['TCP of several paths', 'mptcp', otherPort],
        ['TCP with a request in its first packet', 'fast-open', otherPort],
        ['UDP', 'udp', otherPort],
        ['QUIC', 'udp', 443],
        ['DNS', 'udp', 53],
        ['UDP-Lite', 'udplite', 53],
        ['a ping', 'ping', 0],
        ['TCP bound to the interface', 'tcp@eth0', otherPort],
        ['TCP with a request in its first packet, bound to the interface', 'fast-open@eth0', otherPort],
        ['UDP bound to the interface', 'udp@eth0', 443],
        ['TCP by way of loopback', 'tcp@lo', otherPort],
        ['UDP by way of loopback', 'udp@lo', 443],
        ['TCP from an address of somebody else', `tcp%${neighbour}`, otherPort],
        ['UDP from an address of somebody else', `udp%${neighbour}`, 443],
        ['TCP with a route through the pod itself', `tcp/${own}`, otherPort],
        ['UDP with a route through the pod itself', `udp/${own}`, 443],
        ['UDP with a route through loopback', `udp/${loopback}`, 443],
      ] as const) {
        it(`do not get out: ${what}`, async () => {
          expect(await attempt(pod, how, forbidden[family], port)).not.to.equal('answered');
          expect(await escaped()).to.deep.equal([]);
        });
      }

      it('do not get out where the host is allowed and the protocol is not', async () => {
        for (const how of ['udp', 'udplite', 'ping']) await attempt(pod, how, outside[family], 443);
        expect(await escaped()).to.deep.equal([]);
      });

      it('do not get out to all neighbours at once', async () => {
        await attempt(pod, 'udp', multicast, 5353);
        await attempt(pod, 'udp@eth0', multicast, 5353);
        expect(await escaped()).to.deep.equal([]);
      });
    });
  }

  it('would have been seen', async () => {
    const args = [fixture('send-packet.py'), 'udp', forbidden.ipv6, '443'];
    const asked = pod.peer.addresses.ipv4;
    await pod.pod.exec('/usr/bin/python3', [fixture('send-packet.py'), 'udp', asked, '53'], attacker);
    await pod.pod.exec('ip6tables', ['-I', 'OUTPUT', '-p', 'udp', '-j', 'ACCEPT']);
    await pod.pod.exec('/usr/bin/python3', args, attacker);
    await pod.pod.exec('ip6tables', ['-D', 'OUTPUT', '-p', 'udp', '-j', 'ACCEPT']);
    expect(await wire.packets()).to.deep.equal([
      { to: asked, protocol: 'udp', port: 53, text: 'data' },
      { to: forbidden.ipv6, protocol: 'udp', port: 443, text: 'data' },
    ]);
  });
});

describe('packets of a pod that is black-holed in one family', () => {
  for (const [captured, other] of [
    ['ipv4', 'ipv6'],
    ['ipv6', 'ipv4'],
  ] as const) {
    describe(`in ${captured}`, () => {
      let pod: BlackholedPod;
      let wire: Wire;

      before(async function () {
        this.timeout(60_000);
        pod = await createBlackholedPod({ 'ip-families': captured });
        await startServer(pod.peer, [53, 443, otherPort]);
        await worsen(pod);
        wire = await watchWire(pod);
      });
      after(() => pod?.close());

      for (const [how, port] of [
        ['tcp', 443],
        ['tcp', otherPort],
        ['tcp@eth0', otherPort],
        ['fast-open', otherPort],
        ['mptcp', otherPort],
        ['udp', 443],
        ['ping', 0],
      ] as const) {
        it(`do not get out in ${other}: ${how} to port ${port}`, async () => {
          expect(await attempt(pod, how, forbidden[other], port)).not.to.equal('answered');
          expect(await wire.packets()).to.deep.equal([]);
        });
      }

      it(`do not get out to neighbours in ${other}`, async () => {
        await attempt(pod, 'tcp', pod.peer.addresses[other], otherPort);
        await attempt(pod, 'udp', pod.peer.addresses[other], 443);
        expect(await wire.packets()).to.deep.equal([]);
      });
    });
  }
});
