import { expect } from 'chai';
import { until } from '../../cluster/polling.ts';
import { createCapturedPair } from '../captured-pair.ts';
import { converse, startDialogue } from '../dialogue.ts';
import { type Envoy, startEnvoy } from '../envoy.ts';
import type { Pair } from '../pair.ts';
import { holdCrowd, openCrowd } from './crowd.ts';
import { Mi, renderDefault } from './default-bootstrap.ts';
import { processorShare } from './process-cost.ts';

const app = { uid: 1000 };
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

  const flood = () => openCrowd(pair.peer, { address: pair.pod.addresses.ipv4, port: crowdPort }, 1500);
  const hello = async (): Promise<string | null> =>
    (await converse(pair.peer, { address: pair.pod.addresses.ipv4, port: wordPort }, ['hear:hello'])).ended;

  it('are enough for two of each connection that its memory allows, and a hundred: a flood is refused, and costs no time', async () => {
    envoy = await startEnvoy(pair.pod, renderDefault(memoryLimit), { openFiles: { hard: 2 * 256 + 100 } });
    const crowd = await flood();
    await until(async () => (await crowd.open()) === 256, AbortSignal.timeout(20_000));
    expect(await hello()).to.be.oneOf(['closed', 'reset']);
    expect(await processorShare(envoy.pid, 3)).to.be.below(0.1);
    await crowd.stop();
    await until(async () => (await hello()) === null, AbortSignal.timeout(20_000));
  });

  it('end it when they are fewer and run out, as Envoy has it', async () => {
    envoy = await startEnvoy(pair.pod, renderDefault(memoryLimit), { openFiles: { hard: 256 } });
    const crowd = await flood();
    const told = await envoy.ended;
    expect(told).to.include('Too many open files');
    expect(await crowd.open()).to.equal(0);
    expect(await hello()).to.equal('refused');
    await crowd.stop();
  });
});
