import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createCapturedPair } from '../captured-pair.ts';
import { type Course, converse, nextCourse, startDialogue } from '../dialogue.ts';
import { type Envoy, startEnvoy } from '../envoy.ts';
import { outside, type Pair } from '../pair.ts';
import type { Program } from '../program.ts';
import { renderDefault } from './default-bootstrap.ts';
import { silence } from './silence.ts';

const app = { uid: 1000 };
const [quietPort, busyPort, latePort] = [8081, 8082, 8083];
const goneSeconds = 30;

describe('A network that is gone for half a minute, and back', function () {
  this.timeout(150_000);
  let pair: Pair;
  let envoy: Envoy;

  before(async () => {
    pair = await createCapturedPair();
    envoy = await startEnvoy(pair.pod, renderDefault());
  });

  after(async () => {
    await envoy?.stop();
    await pair?.close();
  });

  it('ends none of the connections that are there, ends new ones after ten seconds, and is in nobody’s way afterwards', async () => {
    const { pod, peer } = pair;
    const inwards = { host: peer, to: pod, address: pod.addresses.ipv6, user: {}, server: app };
    const outwards = { host: pod, to: peer, address: outside.ipv4, user: app, server: {} };
    /** TCP sends again after pauses that double. */
    const patience = 'patience:90';
    const servers: Program[] = [];
    const dialogues: Promise<Course>[] = [];
    for (const { host, to, address, user, server } of [inwards, outwards]) {
      const talk = async (port: number, pause: string): Promise<void> => {
        const answering = [patience, 'hear:a', 'say:b', 'hear:c', 'say:d'];
        const asking = [patience, 'say:a', 'hear:b', pause, 'say:c', 'hear:d'];
        servers.push(await startDialogue(to, port, answering, server));
        dialogues.push(converse(host, { address, port }, asking, user));
      };
      await talk(quietPort, `pause:${goneSeconds + 5}`);
      // Speaks while the network is gone.
      await talk(busyPort, 'pause:9');
    }
    await sleep(3000);

    const fault = await silence(peer);
    await startDialogue(peer, latePort, ['say:hello']);
    const gone = sleep(goneSeconds * 1000);
    const fresh = await converse(pod, { address: outside.ipv4, port: latePort }, ['hear:hello'], app);
    expect(fresh.ended).to.be.oneOf(['closed', 'reset']);
    expect(fresh.seconds).to.be.within(9, 20);
    await gone;
    await fault.end();

    const again = await converse(pod, { address: outside.ipv4, port: latePort }, ['hear:hello'], app);
    expect(again).to.include({ ended: null });
    expect(again.seconds).to.be.below(5);
    for (const course of await Promise.all(dialogues)) expect(course).to.include({ ended: null });
    for (const server of servers) expect(await nextCourse(server)).to.include({ ended: null });
  });
});
