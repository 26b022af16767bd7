import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { port } from '../../settings/port.ts';
import { until } from '../cluster/polling.ts';
import { createCapturedPair } from './captured-pair.ts';
import { converse, nextCourse, startDialogue } from './dialogue.ts';
import { type Envoy, startEnvoy } from './envoy.ts';
import type { Host } from './host.ts';
import { outside, type Pair } from './pair.ts';

const appUid = 1000;
/** An address that is nobody's: the peer drops what is sent there. */
const nobody = '198.51.100.77';
/** Envoy looks for destinations without a connection each 5 s, and forgets what it finds twice. */
const quietSeconds = 12;

const rendered = (adminSocket: string): object =>
  renderBootstrap({
    outboundPort: port(15001),
    inboundPort: port(15006),
    families: ['ipv4', 'ipv6'],
    adminSocket,
  });

describe('A connection through the proxy, in time', () => {
  let pair: Pair;
  let envoy: Envoy;

  before(async () => {
    pair = await createCapturedPair();
    envoy = await startEnvoy(pair.pod, rendered);
  });

  after(async () => {
    await envoy?.stop();
    await pair?.close();
  });

  const directions: Record<string, () => { from: Host; to: Host; address: string }> = {
    inbound: () => ({ from: pair.peer, to: pair.pod, address: pair.pod.addresses.ipv4 }),
    'outbound, over IPv6': () => ({ from: pair.pod, to: pair.peer, address: outside.ipv6 }),
  };
  for (const [direction, ends] of Object.entries(directions)) {
    describe(direction, () => {
      /** Both courses, of who connects and of who is called; each direction and dialogue has a port of its own. */
      const dialogue = async (number: number, calling: readonly string[], called: readonly string[]) => {
        const { from, to, address } = ends();
        const server = await startDialogue(to, number, called, { uid: appUid });
        const own = await converse(from, { address, port: number }, calling, { uid: appUid });
        const other = await nextCourse(server);
        await server.stop();
        return [own, other];
      };
      const done = { ended: null };

      it('is ended at once where nobody listens', async () => {
        const { from, address } = ends();
        const course = await converse(from, { address, port: 8089 }, ['hear:never'], { uid: appUid });
        expect(course.ended).to.be.oneOf(['reset', 'closed']);
        expect(course.seconds).to.be.below(5);
      });

      it('carries the answer to who has ended its own half already', async () => {
        const calling = ['say:question', 'finish', 'hear:answer', 'heard-all'];
        const called = ['hear:question', 'heard-all', 'pause:0.3', 'say:answer', 'finish'];
        for (const course of await dialogue(8081, calling, called)) expect(course).to.include(done);
      });

      it('carries what is still said to who has ended its own half already', async () => {
        const called = ['finish', 'hear:late', 'heard-all'];
        const calling = ['heard-all', 'pause:0.3', 'say:late', 'finish'];
        for (const course of await dialogue(8082, calling, called)) expect(course).to.include(done);
      });

      it('carries the first word of a server to a client that waits for it', async () => {
        const [own] = await dialogue(8083, ['hear:220 ready', 'finish'], ['say:220 ready', 'heard-all']);
        expect(own).to.include(done);
        expect(own?.seconds).to.be.below(5);
      });

      it('outlives silence, also when Envoy forgets destinations', async () => {
        const calling = ['say:a', 'hear:b', `pause:${quietSeconds}`, 'say:c', 'hear:d'];
        const called = ['hear:a', 'say:b', 'hear:c', 'say:d'];
        for (const course of await dialogue(8084, calling, called)) expect(course).to.include(done);
      });
    });
  }

  it('is asked after by the kernel on the side that leaves the pod, so that it ends when its peer has vanished', async () => {
    const { ipv4, ipv6 } = pair.pod.addresses;
    const steps = ['say:a', 'hear:b', 'pause:3'];
    const servers = [
      await startDialogue(pair.pod, 8086, ['hear:a', 'say:b', 'pause:3'], { uid: appUid }),
      await startDialogue(pair.peer, 8086, ['hear:a', 'say:b', 'pause:3']),
    ];
    const courses = Promise.all([
      converse(pair.peer, { address: ipv4, port: 8086 }, steps),
      converse(pair.pod, { address: outside.ipv6, port: 8086 }, steps, { uid: appUid }),
    ]);
    let asked: readonly string[] = [];
    await until(async () => {
      const { stdout } = await pair.pod.exec('ss', ['-Htno', 'state', 'established']);
      asked = stdout.split('\n').filter((line) => line.includes('timer:(keepalive,'));
      return asked.length === 2;
    }, AbortSignal.timeout(20_000));
    const text = asked.join('\n').replaceAll(/ +/g, ' ');
    expect(text).to.include(`${ipv4}:15006 ${pair.peer.addresses.ipv4}:`);
    expect(text).to.include(` [${outside.ipv6}]:8086 `).and.include(` [${ipv6}]:`);
    await courses;
    for (const server of servers) await server.stop();
  });

  it('is ended after ten seconds where the destination never answers', async () => {
    const course = await converse(pair.pod, { address: nobody, port: 80 }, ['hear:never'], { uid: appUid });
    expect(course.ended).to.be.oneOf(['reset', 'closed']);
    expect(course.seconds).to.be.within(9, 20);
  });

  /** Behind the others, which mocha runs in the order of their suites. */
  describe('with an idle timeout', () => {
    it('would be ended by silence', async () => {
      await envoy.stop();
      envoy = await startEnvoy(pair.pod, (adminSocket) =>
        JSON.stringify(rendered(adminSocket)).replaceAll('"idle_timeout":"0s"', '"idle_timeout":"1s"'),
      );
      const server = await startDialogue(pair.pod, 8085, ['hear:a'], { uid: appUid });
      const to = { address: pair.pod.addresses.ipv4, port: 8085 };
      const course = await converse(pair.peer, to, ['hear:never']);
      expect(course).to.include({ ended: 'closed' });
      expect(course.seconds).to.be.within(0.9, 10);
      await server.stop();
    });
  });
});
