import { expect } from 'chai';
import { defaultProxyUid } from '../../../settings/names.ts';
import { until } from '../../cluster/polling.ts';
import { createCapturedPair } from '../captured-pair.ts';
import { converse, startDialogue } from '../dialogue.ts';
import { type Envoy, startEnvoy } from '../envoy.ts';
import type { Pair } from '../pair.ts';
import { holdCrowd, openCrowd } from './crowd.ts';
import { Mi, renderDefault } from './default-bootstrap.ts';
import { processorShare } from './process-cost.ts';

const app = { uid: 1000 };
const proxy = { uid: defaultProxyUid, gid: defaultProxyUid };
const [crowdPort, wordPort] = [8080, 8081];
/** With which the proxy takes 256 connections. */
const memoryLimit = 64 * Mi;

describe('The open files of the proxy', () => {
  let pair: Pair;
  let envoy: Envoy;

  before(async () => {
    pair = await createCapturedPair();
    await holdCrowd(pair.pod, crowdPort, app);
    await startDialogue(pair.pod, wordPort, ['say:hello'], app);
  });

  after(() => pair?.close());
  afterEach(() => envoy.stop());

  const flood = (count: number) =>
    openCrowd(pair.peer, { address: pair.pod.addresses.ipv4, port: crowdPort }, count);
  const hello = async (): Promise<string | null> =>
    (await converse(pair.peer, { address: pair.pod.addresses.ipv4, port: wordPort }, ['hear:hello'])).ended;

  it('are enough for two of each connection that its memory allows, and a hundred: a flood is refused, and costs no time', async () => {
    envoy = await startEnvoy(pair.pod, renderDefault(memoryLimit), { openFiles: { hard: 2 * 256 + 100 } });
    const crowd = await flood(1500);
    await until(async () => (await crowd.open()) === 256, AbortSignal.timeout(20_000));
    expect(await hello()).to.be.oneOf(['closed', 'reset']);
    expect(await processorShare(envoy.pid, 3)).to.be.below(0.1);
    await crowd.stop();
    await until(async () => (await hello()) === null, AbortSignal.timeout(20_000));
  });

  it('end it when they are fewer and run out, as Envoy has it', async () => {
    envoy = await startEnvoy(pair.pod, renderDefault(memoryLimit), { openFiles: { hard: 2 * 256 } });
    let told: string | undefined;
    void envoy.ended.then((text) => {
      told = text;
    });
    // As the proxy's own user, who alone may do it without a capability over resources.
    const allow = (files: number) =>
      pair.pod.exec('prlimit', [`--pid=${envoy.pid}`, `--nofile=${files}:`], proxy);
    let most = 256;
    expect(await allow(most)).to.include({ exitCode: 0 });
    // No more than the backlog of a listener holds: those that are not taken must not wait to be connected.
    const crowd = await flood(200);
    // It ends for want of the second one of a connection. For want of the first it waits, in vain, and which of the two
    // it is depends on how many it has open for itself: one more makes it the other.
    await until(async () => {
      if (told === undefined) await allow(++most);
      return told !== undefined;
    }, AbortSignal.timeout(30_000));
    expect(told).to.include('Too many open files');
    expect(await crowd.open()).to.equal(0);
    expect(await hello()).to.equal('refused');
    await crowd.stop();
  });
});
