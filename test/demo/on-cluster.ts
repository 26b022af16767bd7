import { join } from 'node:path';
import { raiseCluster } from '../cluster/cluster.ts';
import { readCounters } from '../cluster/envoy-counters.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { installOutrider } from '../cluster/outrider.ts';
import { heading, note, table } from './report.ts';

const sample = join(import.meta.dirname, '../../manifests/sample');

/** The main job on a cluster, as the README tells a user to do it. The cluster is removed afterwards. */
export async function runOnCluster(): Promise<void> {
  heading('The cluster', 'raising it; the first time on a machine, Kubernetes is built');
  const cluster = await raiseCluster();
  const run = (...args: string[]): Promise<string> => kubectl(cluster, args);
  try {
    note(await run('get', 'nodes'));
    heading('Outrider', 'kubectl apply -k manifests');
    await installOutrider(cluster);
    note(await run('-n', 'outrider-system', 'get', 'pods'));

    heading('The sample', 'kubectl apply -k manifests/sample: a namespace with the label, two Deployments');
    await run('apply', '-k', sample);
    await run('-n', 'shop', 'wait', '--for=condition=Available', '--timeout=90s', 'deployment', '--all');
    note(await run('-n', 'shop', 'get', 'pods'));

    heading(
      'The traffic',
      'what the visitor got from the web server by its Service, and the counters of both proxies',
    );
    const byLabel = (app: string) =>
      run('-n', 'shop', 'get', 'pods', '-l', `app=${app}`, '-o', 'jsonpath={.items[0].metadata.name}');
    const pods = [await byLabel('visitor'), await byLabel('web')];
    await waitForAnswer(() => run('-n', 'shop', 'logs', 'deployment/visitor', '-c', 'visitor', '--tail=1'));
    const rows = await Promise.all(
      pods.map(async (pod) => {
        const { PassthroughCluster, InboundPassthroughCluster } = await readCounters(cluster, 'shop', pod);
        return [pod, `${PassthroughCluster}`, `${InboundPassthroughCluster}`];
      }),
    );
    table(['pod', 'out', 'in'], rows);
    if (rows[0]?.[1] === '0' || rows[1]?.[2] === '0')
      throw new Error('the traffic did not go through the proxies');
    await run('delete', '-k', sample, '--wait=false');
  } finally {
    if (cluster.raisedHere && process.env.KEEP_CLUSTER !== '1') await cluster.stop();
  }
}

async function waitForAnswer(read: () => Promise<string>): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await read();
    if (answer.includes('hello')) return note(answer.trim());
    if (Date.now() > deadline) throw new Error('the visitor got no answer');
  }
}
