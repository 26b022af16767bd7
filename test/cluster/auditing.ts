import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Request } from './api.ts';
import type { Cluster } from './cluster.ts';
import { kubectl } from './kubectl.ts';
import { waitForWebhook } from './outrider.ts';
import { until } from './polling.ts';

const manifests = join(import.meta.dirname, '../../manifests');

/** Two, so that each has to do with what the other does. */
const replicas = {
  target: { kind: 'Deployment', name: 'outrider-auditor' },
  patch: JSON.stringify([{ op: 'replace', path: '/spec/replicas', value: 2 }]),
};

/** Installs the manifests with the auditor, and settles when it has seen all pods. */
export async function installAuditor(
  cluster: Cluster,
  components: readonly string[],
  patches: readonly object[] = [],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-auditor-'));
  const from = (path: string): string => relative(folder, path);
  const overlay = {
    resources: [from(manifests)],
    components: components.map((component) => from(join(manifests, component))),
    patches: [replicas, ...patches],
  };
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
  await kubectl(cluster, ['apply', '-k', folder]);
  await rm(folder, { recursive: true });
  await waitForWebhook(cluster);
  const rollout = ['rollout', 'status', '--timeout=120s', 'deployment/outrider-auditor'];
  await kubectl(cluster, ['-n', 'outrider-system', ...rollout]);
}

export async function removeAuditor(cluster: Cluster): Promise<void> {
  const remove = (...args: readonly string[]): Promise<string> =>
    kubectl(cluster, ['delete', '--ignore-not-found', ...args]);
  const own = ['deployment', 'rolebinding', 'role', 'serviceaccount', 'lease'].map(
    (kind) => `${kind}/outrider-auditor`,
  );
  await remove('-n', 'outrider-system', ...own);
  await remove('clusterrolebinding/outrider-auditor', 'clusterrole/outrider-auditor');
}

/** Metrics of the auditor in each replica, as text; of those that have seen all pods. */
export async function readAudits(request: Request): Promise<string[]> {
  const pods = '/api/v1/namespaces/outrider-system/pods';
  const list = await request('GET', `${pods}?labelSelector=app.kubernetes.io/component=auditor`);
  const names: string[] = JSON.parse(list.text).items.map(
    ({ metadata }: { metadata: { name: string } }) => metadata.name,
  );
  const replies = await Promise.all(
    names.map((name) => request('GET', `${pods}/${name}:8080/proxy/metrics`)),
  );
  return replies.map(({ text }) => text).filter((text) => text.includes('outrider_audit_synced 1'));
}

/** Settles once both replicas say so. */
export async function untilBoth(
  request: Request,
  says: (metrics: string) => boolean,
  milliseconds: number,
): Promise<void> {
  const both = async (): Promise<boolean> => (await readAudits(request)).filter(says).length === 2;
  await until(both, AbortSignal.timeout(milliseconds));
}
