import { expect } from 'chai';
import { until } from '../../cluster/polling.ts';
import { createCapturedPair } from '../captured-pair.ts';
import { type Envoy, startEnvoy } from '../envoy.ts';
import { outside, type Pair } from '../pair.ts';
import { startArrivals } from './arrivals.ts';
import { type Crowd, holdCrowd, openCrowd } from './crowd.ts';
import { Mi, renderDefault } from './default-bootstrap.ts';
import { type Load, startLoad } from './load.ts';
import { anonymousMemory } from './process-cost.ts';
import { silence } from './silence.ts';

const app = { uid: 1000 };
const livePort = 8080;
/** Each fault has a destination of its own, since connection tracking does not forget those of the others so soon. */
const [unanswered, quiet, busy] = [8081, 8082, 8083];
const memoryLimit = 256 * Mi;
/** Of the 1280 that a proxy with this memory takes. */
const many = 1000;
/** What a connection is reckoned to take. */
const reckoned = 192 * 1024;

describe('A destination that is gone without a word', () => {
  let pair: Pair;
  let envoy: Envoy;
  /** To a destination that is there. */
  let others: Load;
  let memory: number;

  before(async () => {
    pair = await createCapturedPair();
    // How long the kernel sends again what nobody has confirmed, which is a quarter of an hour otherwise.
    await pair.pod.exec('sysctl', ['-qw', 'net.ipv4.tcp_retries2=5']);
    await startArrivals(pair.peer, livePort);
    for (const port of [quiet, busy]) await holdCrowd(pair.peer, port);
    others = startLoad(pair.pod, { address: outside.ipv4, port: livePort }, 4, app);
  });

  after(() => pair?.close());

  beforeEach(async () => {
    envoy = await startEnvoy(pair.pod, withQuickKeepalive);
    await until(async () => (await others.outcomes()).answered > 0, AbortSignal.timeout(10_000));
    await others.outcomes();
    memory = await anonymousMemory(envoy.pid);
  });

  afterEach('the others have not noticed', async () => {
    const { answered, failed, slowest } = await others.outcomes();
    await envoy.stop();
    expect(answered).to.be.above(100);
    expect(failed).to.equal(0);
    expect(slowest).to.be.below(5);
  });

  const open = (port: number): Promise<Crowd> =>
    openCrowd(pair.pod, { address: outside.ipv4, port }, many, app);
  const ofPassthrough = async (metric: string): Promise<number> =>
    (await envoy.metrics()).get(`${metric}{envoy_cluster_name="PassthroughCluster"}`) ?? Number.NaN;
  const perConnection = async (): Promise<number> => ((await anonymousMemory(envoy.pid)) - memory) / many;
  const allAreEnded = (crowd: Crowd): Promise<void> =>
    until(async () => (await crowd.open()) === 0, AbortSignal.timeout(45_000));

  it('ends connections to it after ten seconds, counts them, and takes a little memory for each', async () => {
    const fault = await silence(pair.peer, unanswered);
    const crowd = await open(unanswered);
    expect(await crowd.open()).to.equal(many);
    expect(await perConnection()).to.be.below(reckoned);
    await allAreEnded(crowd);
    expect(await ofPassthrough('envoy_cluster_upstream_cx_connect_timeout')).to.equal(many);
    await crowd.stop();
    await fault.end();
  });

  it('ends quiet connections of before by keepalive', async () => {
    const crowd = await open(quiet);
    const fault = await silence(pair.peer, quiet);
    expect(await crowd.open()).to.equal(many);
    await allAreEnded(crowd);
    expect(await perConnection()).to.be.below(reckoned);
    await crowd.stop();
    await fault.end();
  });

  it('ends those on which something is said once the kernel gives up, and holds little of it until then', async () => {
    const crowd = await open(busy);
    const fault = await silence(pair.peer, busy);
    expect(await crowd.open()).to.equal(many);
    // More than the proxy takes of it.
    expect((await crowd.pour()) / many).to.be.above(64 * 1024);
    expect(await perConnection()).to.be.below(reckoned);
    await allAreEnded(crowd);
    await crowd.stop();
    await fault.end();
  });
});

/** The default, but that its keepalive finds out within seconds. */
function withQuickKeepalive(adminSocket: string): string {
  const text = JSON.stringify(renderDefault(memoryLimit)(adminSocket));
  return text
    .replaceAll('"keepalive_time":180', '"keepalive_time":5')
    .replaceAll('"keepalive_interval":75', '"keepalive_interval":1');
}
