import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { defaultProxyUid } from '../../../settings/names.ts';
import { until } from '../../cluster/polling.ts';
import { createCapturedPair } from '../captured-pair.ts';
import { type Course, converse, startDialogue } from '../dialogue.ts';
import { type Envoy, startEnvoy } from '../envoy.ts';
import { outside, type Pair } from '../pair.ts';
import { type Arrivals, startArrivals } from './arrivals.ts';
import { renderDefault } from './default-bootstrap.ts';
import { type Load, startLoad } from './load.ts';

const appUid = 1000;
const [busyPort, heldPort] = [8080, 8081];

describe('Envoy that is killed under load', () => {
  let pair: Pair;
  let envoy: Envoy;
  /** As in the pod, where it outlives the container with all that a killed proxy has left in it. */
  let folder: string;
  let directions: readonly { name: string; load: Load; arrivals: Arrivals; sources: readonly string[] }[];

  before(async () => {
    pair = await createCapturedPair();
    folder = await mkdtemp(join(tmpdir(), 'outrider-killed-'));
    await chown(folder, defaultProxyUid, defaultProxyUid);
    envoy = await startEnvoy(pair.pod, renderDefault(), { folder });
    const { pod, peer } = pair;
    const app = { uid: appUid };
    const [inApp, inPeer] = [await startArrivals(pod, busyPort, app), await startArrivals(peer, busyPort)];
    await startDialogue(pod, heldPort, ['hear:a', 'say:b', 'heard-all'], app);
    await startDialogue(peer, heldPort, ['hear:a', 'say:b', 'heard-all']);
    directions = [
      {
        name: 'inbound',
        load: startLoad(peer, { address: pod.addresses.ipv4, port: busyPort }, 20),
        arrivals: inApp,
        sources: ['127.0.0.6'],
      },
      {
        name: 'outbound',
        load: startLoad(pod, { address: outside.ipv6, port: busyPort }, 20, app),
        arrivals: inPeer,
        sources: [pod.addresses.ipv6],
      },
    ];
  });

  after(async () => {
    await envoy?.stop();
    await pair?.close();
    await rm(folder, { recursive: true });
  });

  /** A connection in each direction, on which nothing more is said. */
  const hold = (): Promise<Course[]> => {
    const steps = ['say:a', 'hear:b', 'hear:never'];
    const { pod, peer } = pair;
    return Promise.all([
      converse(peer, { address: pod.addresses.ipv6, port: heldPort }, steps),
      converse(pod, { address: outside.ipv4, port: heldPort }, steps, { uid: appUid }),
    ]);
  };
  const forget = async (): Promise<void> => {
    for (const { load, arrivals } of directions) await Promise.all([load.outcomes(), arrivals.count()]);
  };
  const everyLoadIsAnswered = async (): Promise<boolean> => {
    const outcomes = await Promise.all(directions.map(({ load }) => load.outcomes()));
    return outcomes.every(({ answered }) => answered > 0);
  };

  for (const signal of ['SIGKILL', 'SIGSEGV'] as const) {
    it(`by ${signal} lets nothing by in either direction, refuses at once, and serves as soon as it is ready again`, async () => {
      const held = hold();
      await until(everyLoadIsAnswered, AbortSignal.timeout(30_000));
      // Connections that are held are through.
      await sleep(1000);

      process.kill(envoy.pid, signal);
      await envoy.ended;
      for (const { ended } of await held) expect(ended).to.be.oneOf(['reset', 'closed']);
      // What was on its way.
      await sleep(500);
      await forget();
      await sleep(2000);
      for (const { name, load, arrivals } of directions) {
        const { answered, failed, slowest } = await load.outcomes();
        expect(answered, name).to.equal(0);
        expect(failed, name).to.be.above(20);
        // A connection that waits for an answer would take 30 s.
        expect(slowest, name).to.be.below(5);
        expect(await arrivals.count(), name).to.deep.equal({});
      }

      envoy = await startEnvoy(pair.pod, renderDefault(), { folder });
      await forget();
      await sleep(1000);
      for (const { name, load, arrivals, sources } of directions) {
        const { answered, failed } = await load.outcomes();
        expect(answered, name).to.be.above(20);
        expect(failed, name).to.equal(0);
        expect(Object.keys(await arrivals.count()), name).to.have.members(sources);
      }
    });
  }
});
