import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { defaultProxyUid } from '../../settings/names.ts';
import { port } from '../../settings/port.ts';
import { until } from '../cluster/polling.ts';
import { createCapturedPair } from './captured-pair.ts';
import { converse, startDialogue } from './dialogue.ts';
import { type Envoy, startEnvoy } from './envoy.ts';
import { outside, type Pair } from './pair.ts';
import { connect, fixture, startServer } from './traffic.ts';

const app = { uid: 1000 };
const root = { uid: 0 };
const [bytesPort, httpPort, autoPort, leftAlone, closed] = [8080, 8081, 8082, 8083, 8084];
const [talkPort, crowdedPort] = [8085, 8086];
const localhost = { ipv4: '127.0.0.1', ipv6: '::1' } as const;

for (const backend of ['nft', 'legacy', 'nftables']) {
  describe(`The proxy with TPROXY, by the rules of ${backend}, as root with NET_RAW alone`, () => {
    let pair: Pair;
    let envoy: Envoy;

    before(async function () {
      this.timeout(120_000);
      const exclusions = ['--exclude-inbound-ports', `${leftAlone}`];
      const mode = ['--redirect-mode', 'tproxy', '--proxy-gid', `${defaultProxyUid}`];
      pair = await createCapturedPair(['--backend', backend, ...mode, ...exclusions]);
      const { ipv4, ipv6 } = pair.pod.addresses;
      const often = { periodSeconds: 1, timeoutSeconds: 1 };
      const probes = [
        { address: ipv4, port: port(bytesPort), ...often },
        { address: ipv6, port: port(bytesPort), ...often },
        { address: ipv4, port: port(closed), ...often },
      ];
      const httpPorts = [
        { port: port(httpPort), protocol: 'http' },
        { port: port(autoPort), protocol: 'auto' },
      ] as const;
      await startServer(pair.pod, [bytesPort, autoPort, leftAlone], app);
      await startServer(pair.peer, [80]);
      const http = pair.pod.spawn(process.execPath, [fixture('http-server.ts'), `${httpPort}`], root);
      expect(await http.nextLine()).to.equal('ready');
      const ports = { outboundPort: port(15001), inboundPort: port(15006) };
      envoy = await startEnvoy(
        pair.pod,
        (adminSocket) =>
          renderBootstrap({
            ...{ ...ports, families: ['ipv4', 'ipv6'], adminSocket, probes, httpPorts },
            redirectMode: 'tproxy',
          }),
        { uid: 0, gid: defaultProxyUid, capabilities: 'net_raw' },
      );
    });
    after(async () => {
      await envoy?.stop();
      await pair?.close();
    });

    /** Connections that the listener took, and that it passed on as bytes and as HTTP, during `action`. */
    async function passed(action: () => Promise<unknown>): Promise<Record<string, number>> {
      const names = {
        inbound: 'envoy_listener_downstream_cx_total{envoy_listener_name="virtualInbound"}',
        outbound: 'envoy_listener_downstream_cx_total{envoy_listener_name="virtualOutbound"}',
        bytes: 'envoy_cluster_upstream_cx_total{envoy_cluster_name="InboundPassthroughCluster"}',
        http: 'envoy_cluster_upstream_cx_total{envoy_cluster_name="InboundPassthroughHttpCluster"}',
      };
      const read = async () => {
        const metrics = await envoy.metrics();
        return Object.entries(names).map(([name, sample]) => [name, metrics.get(sample) ?? 0] as const);
      };
      const before = new Map(await read());
      await action();
      const after = await read();
      const moved = after.map(([name, value]) => [name, value - (before.get(name) ?? 0)] as const);
      return Object.fromEntries(moved.filter(([, value]) => value !== 0));
    }

    for (const family of ['ipv4', 'ipv6'] as const) {
      const own = (): string => pair.pod.addresses[family];
      const url = (at: number, path = '/'): string =>
        `http://${family === 'ipv6' ? `[${own()}]` : own()}:${at}${path}`;

      it(`lets the application see the peer's own address over ${family}, on a port of bytes`, async () => {
        const local = { address: own(), port: bytesPort };
        const moved = await passed(async () => {
          const answer = await connect(pair.peer, local);
          expect(answer).to.deep.include({ program: 'server', local });
          expect(answer).to.have.nested.property('remote.address', pair.peer.addresses[family]);
        });
        expect(moved).to.deep.equal({ inbound: 1, bytes: 1 });
      });

      it(`lets it see that over ${family} also on a port of HTTP, and as root`, async () => {
        const moved = await passed(async () => {
          const { stdout } = await pair.peer.exec('curl', ['-s', '-m', '10', url(httpPort)]);
          const { local, remoteAddress } = JSON.parse(stdout);
          expect(local).to.deep.equal({ address: own(), port: httpPort });
          expect(remoteAddress).to.equal(pair.peer.addresses[family]);
        });
        expect(moved).to.deep.equal({ inbound: 1, http: 1 });
      });

      it(`ends its own connections to it in order, over ${family}`, async () => {
        const sockets = async (...filter: string[]): Promise<string> =>
          (await pair.pod.exec('ss', ['-Htn', 'state', ...filter])).stdout;
        await pair.peer.exec('curl', ['-s', '-m', '10', url(httpPort)]);
        // The proxy ends one that has no request, and hears of the application's end: neither has to ask again.
        const ofTheApplication = () => sockets('connected', 'sport', '=', `:${httpPort}`);
        await until(async () => (await ofTheApplication()) === '', AbortSignal.timeout(4000));
        expect(await sockets('time-wait', 'dport', '=', `:${httpPort}`)).to.contain(own());
      });

      it(`lets it see that over ${family} also where bytes are told from HTTP, after a second of silence`, async () => {
        const answer = await connect(pair.peer, { address: own(), port: autoPort });
        expect(answer).to.have.nested.property('remote.address', pair.peer.addresses[family]);
      });

      it(`is not there over ${family} for a port that is left alone`, async () => {
        const moved = await passed(async () => {
          const answer = await connect(pair.peer, { address: own(), port: leftAlone });
          expect(answer).to.have.nested.property('remote.address', pair.peer.addresses[family]);
        });
        expect(moved).to.deep.equal({});
      });

      it(`carries what the pod sends out over ${family}, also as root`, async () => {
        for (const user of [app, root]) {
          const moved = await passed(async () => {
            const answer = await connect(pair.pod, { address: outside[family], port: 80 }, user);
            expect(answer).to.have.nested.property('remote.address', own());
          });
          expect(moved).to.deep.equal({ outbound: 1 });
        }
      });

      it(`leaves calls of the pod to itself alone over ${family}, its own too`, async () => {
        const proxy = { uid: 0, gid: defaultProxyUid };
        const moved = await passed(async () => {
          for (const address of [own(), localhost[family]]) {
            for (const user of [app, root, proxy]) {
              const answer = await connect(pair.pod, { address, port: bytesPort }, user);
              expect(answer).to.have.property('program', 'server');
            }
          }
        });
        expect(moved).to.deep.equal({});
      });

      it(`refuses over ${family} what is made to its own ports, once and without an end to it`, async () => {
        for (const [at, listener] of [
          [15006, 'inbound'],
          [15001, 'outbound'],
        ] as const) {
          const moved = await passed(async () => {
            expect(await connect(pair.peer, { address: own(), port: at })).to.have.property(
              'program',
              'none',
            );
          });
          // What comes from outside to 15001 is inbound like any other, and finds the outbound listener there.
          const wanted = { inbound: { inbound: 1 }, outbound: { inbound: 1, outbound: 1, bytes: 1 } }[
            listener
          ];
          expect(moved, `${at}`).to.deep.equal(wanted);
        }
      });

      it(`answers probes over ${family}`, async () => {
        const status = async (path: string): Promise<string> => {
          const args = ['-s', '-m', '5', '-o', '/dev/null', '-w', '%{http_code}', url(15020, path)];
          return (await pair.peer.exec('curl', args)).stdout;
        };
        const open = { ipv4: '/probe/0', ipv6: '/probe/1' }[family];
        await until(async () => (await status(open)) === '200', AbortSignal.timeout(30_000));
        expect(await status('/probe/2')).to.equal('503');
      });

      it(`takes connections over ${family} from a peer that has many, whatever the ports`, async () => {
        // The kernel has few to choose from for the proxy: those that the peer has, or will have. No other peer takes them.
        await pair.pod.exec('sysctl', ['-qw', 'net.ipv4.ip_local_port_range=61000 61063']);
        const server = await startDialogue(pair.pod, crowdedPort, ['say:hello', 'heard-all'], app);
        const held = pair.peer.spawn('/usr/bin/python3', [
          fixture('from-ports.py'),
          ...[own(), `${crowdedPort}`, '61000', '61047'],
        ]);
        expect(await held.nextLine()).to.equal('ready');
        await held.stop();
        await server.stop();
        await pair.pod.exec('sysctl', ['-qw', 'net.ipv4.ip_local_port_range=32768 60999']);
      });

      it(`carries much in both directions over ${family}, and half-closed connections`, async () => {
        const [question, answer] = ['q'.repeat(100_000), 'a'.repeat(100_000)];
        const answering = [`hear:${question}`, 'heard-all', `say:${answer}`, 'finish'];
        const server = await startDialogue(pair.pod, talkPort, answering, app);
        const asking = [`say:${question}`, 'finish', `hear:${answer}`];
        const course = await converse(pair.peer, { address: own(), port: talkPort }, asking);
        expect(course.ended).to.equal(null);
        await server.stop();
      });
    }
  });
}
