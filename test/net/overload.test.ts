import { expect } from 'chai';
import { mostConnections } from '../../proxy/overload.ts';
import { until } from '../cluster/polling.ts';
import { createCapturedPair } from './captured-pair.ts';
import { converse, startDialogue } from './dialogue.ts';
import { type Envoy, startEnvoy } from './envoy.ts';
import { Mi, renderDefault } from './faults/default-bootstrap.ts';
import { anonymousMemory, processorShare } from './faults/process-cost.ts';
import type { Pair } from './pair.ts';
import type { Program } from './program.ts';
import { fixture } from './traffic.ts';

const appUid = 1000;
const [crowdPort, wordPort] = [8080, 8081];

describe('The proxy within its memory limit', () => {
  let pair: Pair;
  let envoy: Envoy;

  before(async () => {
    pair = await createCapturedPair();
    const hold = [fixture('crowd.py'), 'hold', `${crowdPort}`];
    await pair.pod.spawn('/usr/bin/python3', hold, { uid: appUid }).nextLine();
    await startDialogue(pair.pod, wordPort, ['say:hello'], { uid: appUid });
  });

  after(() => pair?.close());
  afterEach(() => envoy.stop());

  const start = async (memoryLimit: number): Promise<void> => {
    // As containers are started these days. Envoy raises it to the hard limit.
    const options = { openFiles: { soft: 1024 } };
    envoy = await startEnvoy(pair.pod, renderDefault(memoryLimit), options);
  };

  /** Resolves once the connections that are left are known, which are held until it is stopped. */
  const openCrowd = async (count: number): Promise<{ open: number; crowd: Program }> => {
    const args = [fixture('crowd.py'), 'open', pair.pod.addresses.ipv4, `${crowdPort}`, `${count}`];
    const crowd = pair.peer.spawn('/usr/bin/python3', args);
    return { open: Number(await crowd.nextLine()), crowd };
  };
  /** The status that the kubelet gets. */
  const ready = async (): Promise<number> => {
    const url = `http://${pair.pod.addresses.ipv4}:15021/healthz/ready`;
    const { stdout } = await pair.peer.exec('curl', ['-s', '-o', '/dev/null', '-w', '%{http_code}', url]);
    return Number(stdout);
  };
  const hello = async (): Promise<string | null> => {
    const to = { address: pair.pod.addresses.ipv4, port: wordPort };
    return (await converse(pair.peer, to, ['hear:hello'])).ended;
  };
  const metric = async (name: string): Promise<number> => (await envoy.metrics()).get(name) ?? Number.NaN;

  it('carries 5000 quiet connections with 960 MiB, each for much less than is reckoned with, and takes next to no time for them', async () => {
    const limit = 960 * Mi;
    await start(limit);
    const before = await anonymousMemory(envoy.pid);
    const { open, crowd } = await openCrowd(5000);
    expect(open).to.equal(5000);
    const grown = (await anonymousMemory(envoy.pid)) - before;
    expect(grown / 5000).to.be.below(limit / mostConnections(limit));
    // Longer than Envoy takes to forget a destination without connections.
    expect(await processorShare(envoy.pid, 12)).to.be.below(0.05);
    expect(
      await metric('envoy_listener_downstream_cx_active{envoy_listener_name="virtualInbound"}'),
    ).to.equal(5000);
    const upstream = 'envoy_cluster_upstream_cx_active{envoy_cluster_name="InboundPassthroughCluster"}';
    expect(await metric(upstream)).to.equal(5000);
    expect(await hello()).to.equal(null);
    expect(await ready()).to.equal(200);
    await crowd.stop();
  });

  it('refuses connections above its number at once, stays ready, and takes others once some have ended', async () => {
    const limit = 64 * Mi;
    await start(limit);
    const { open, crowd } = await openCrowd(3000);
    expect(open).to.equal(256);
    expect(await hello()).to.be.oneOf(['closed', 'reset']);
    expect(await ready()).to.equal(200);
    expect(await anonymousMemory(envoy.pid)).to.be.below(limit);
    await crowd.stop();
    await until(async () => (await hello()) === null, AbortSignal.timeout(20_000));
  });

  it('refuses connections at once while memory is short, and stays ready', async () => {
    // Less than Envoy takes by itself.
    await start(4 * Mi);
    const active = 'envoy_overload_envoy_overload_actions_reject_incoming_connections_active';
    await until(async () => (await metric(`${active}{}`)) === 1, AbortSignal.timeout(20_000));
    expect(await hello()).to.be.oneOf(['closed', 'reset']);
    expect(await ready()).to.equal(200);
  });
});
