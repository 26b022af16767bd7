import { openApi } from '../cluster/api.ts';
import { applyWith, readAudits } from '../cluster/auditing.ts';
import { raiseCluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { installOutrider, waitForWebhook } from '../cluster/outrider.ts';
import { until } from '../cluster/polling.ts';
import { createWaitingPods } from '../cluster/waiting-pods.ts';

/**
 * `make bench-auditor`: what memory and processor time the auditor takes in a cluster of ten thousand injected pods. The
 * pods are objects of a real API server that no node runs.
 */

const pods = Number(process.env.PODS ?? 10_000);
const namespace = 'bench-auditor';
const deployment = ['-n', 'outrider-system', 'deployment/outrider-webhook'];

const cluster = await raiseCluster();
try {
  await installOutrider(cluster);
  await kubectl(cluster, ['create', 'namespace', namespace]);
  await kubectl(cluster, ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
  await kubectl(cluster, ['wait', 'serviceaccount/default', '--for=create', '-n', namespace]);
  const { request, stop } = await openApi(cluster);

  const figures = async (): Promise<string> => {
    const read = (metrics: string, name: string): number =>
      Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
    const both = await readAudits(request);
    return both
      .map((metrics) => {
        const memory = read(metrics, 'process_resident_memory_bytes') / 2 ** 20;
        const time = read(metrics, 'process_cpu_seconds_total');
        return `${memory.toFixed(0)} MiB resident, ${time.toFixed(1)} s of processor time since its start`;
      })
      .join('; ');
  };
  const synced = (count: number): Promise<void> =>
    until(async () => {
      const audits = await readAudits(request);
      const seen = (metrics: string): number =>
        Number(/^outrider_audited_pods\{state="injected".*\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
      return audits.length === 2 && audits.every((metrics) => seen(metrics) >= count);
    }, AbortSignal.timeout(120_000));

  await applyWith(cluster, ['auditor']);
  await synced(0);
  console.log(`no pods: ${await figures()}`);
  await createWaitingPods(request, namespace, pods);
  await synced(pods);
  console.log(`having seen ${pods} pods come: ${await figures()}`);
  await kubectl(cluster, ['rollout', 'restart', ...deployment]);
  await waitForWebhook(cluster);
  await synced(pods);
  console.log(`started with ${pods} pods there: ${await figures()}`);
  await kubectl(cluster, ['annotate', 'namespace', namespace, 'outrider.io/proxy-cpu=70m']);
  const outdated = `outrider_audited_pods{state="outdated",reason="namespace-enabled"} ${pods}`;
  const allOutdated = async (): Promise<boolean> =>
    (await readAudits(request)).filter((metrics) => metrics.includes(outdated)).length === 2;
  await until(allOutdated, AbortSignal.timeout(120_000));
  console.log(`with all of them outdated: ${await figures()}`);
  await stop();
} finally {
  if (cluster.raisedHere) await cluster.stop();
  else await kubectl(cluster, ['delete', 'namespace', namespace, '--wait=false']);
}
