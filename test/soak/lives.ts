import { ownNamespace, readSerials } from '../cluster/certificate-state.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { until } from '../cluster/polling.ts';

const deployment = 'deployment/outrider-certificates';

/** Lets certificates and CAs live for two minutes while `work` is done, kept by two replicas. */
export async function whileShortLived<T>(cluster: Cluster, work: () => Promise<T>): Promise<T> {
  await setLives(cluster, 2, ['--lifetime=2m', '--ca-lifetime=2m']);
  try {
    return await work();
  } finally {
    await setLives(cluster, 1, []);
  }
}

/** Has all be issued anew, by so many replicas and with these lives. */
async function setLives(cluster: Cluster, replicas: number, flags: readonly string[]): Promise<void> {
  const patch = [
    {
      op: 'replace',
      path: '/spec/template/spec/containers/0/args',
      value: ['certificates', ...flags],
    },
    { op: 'replace', path: '/spec/replicas', value: replicas },
  ];
  await kubectl(cluster, [...ownNamespace, 'patch', deployment, '--type=json', '-p', JSON.stringify(patch)]);
  await kubectl(cluster, [...ownNamespace, 'rollout', 'status', '--timeout=120s', deployment]);
  // Those of the lives before may be about to end.
  const pods = ['get', 'pods', '-l', 'app.kubernetes.io/component=certificates', '-o', 'name'];
  await until(
    async () => (await kubectl(cluster, [...ownNamespace, ...pods])).split('\n').length === replicas,
    AbortSignal.timeout(60_000),
  );
  const before = await readSerials(cluster);
  await kubectl(cluster, [...ownNamespace, 'delete', 'secret', 'outrider-ca']);
  await until(async () => {
    const { ca, serving } = await readSerials(cluster);
    return ca !== undefined && ca !== before.ca && serving !== before.serving;
  }, AbortSignal.timeout(60_000));
}
