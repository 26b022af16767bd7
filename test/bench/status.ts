import { join } from 'node:path';
import { execa } from 'execa';
import { openApi } from '../cluster/api.ts';
import { raiseCluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { installOutrider } from '../cluster/outrider.ts';
import { createWaitingPods } from '../cluster/waiting-pods.ts';
import { median } from './quantile.ts';

/**
 * `make bench-status`: how long `outrider status -A` takes for a thousand injected pods, with its start, beside
 * `kubectl get pods -A -o json`, which only fetches them; in turns.
 */

const rounds = Number(process.env.ROUNDS ?? 20);
const pods = 1000;
const namespace = 'bench-status';
const executable = join(import.meta.dirname, '../../dist/outrider');

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};
const describe = (times: readonly number[]): string =>
  `${median(times).toFixed(0)} ms (${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)})`;

const cluster = await raiseCluster();
try {
  await installOutrider(cluster);
  await kubectl(cluster, ['create', 'namespace', namespace]);
  await kubectl(cluster, ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
  await kubectl(cluster, ['wait', 'serviceaccount/default', '--for=create', '-n', namespace]);
  const api = await openApi(cluster);
  await createWaitingPods(api.request, namespace, pods);
  await api.stop();
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const env = { KUBECONFIG: cluster.kubeconfig };
    ours.push(await timed(() => execa(executable, ['status', '-A'], { env })));
    theirs.push(await timed(() => kubectl(cluster, ['get', 'pods', '-A', '-o', 'json'])));
  }
  console.log(`${pods} pods, ${rounds} rounds, median and range`);
  console.log(`outrider status -A             ${describe(ours)}`);
  console.log(`kubectl get pods -A -o json    ${describe(theirs)}`);
} finally {
  if (cluster.raisedHere) await cluster.stop();
  else await kubectl(cluster, ['delete', 'namespace', namespace, '--wait=false']);
}
