import { join } from 'node:path';
import { execa } from 'execa';
import type { Cluster } from '../cluster/cluster.ts';
import { chart, type Helm } from '../cluster/helm/helm.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { outriderImage } from '../cluster/outrider.ts';

const root = join(import.meta.dirname, '../..');
const manifests = join(root, 'manifests');
const system = ['-n', 'outrider-system'];
const deployments = ['deployment/outrider-certificates', 'deployment/outrider-webhook'];

/** Another name of the image, as another version has. */
export const nextImage = 'outrider:next';
/** What the other version's settings give to pods, and what this one's do. */
export const cpus = { next: '50m', now: '100m' } as const;

/** How to come to another version, and back. Each settles when it says that it is done. */
export interface Way {
  readonly title: string;
  install(): Promise<unknown>;
  upgrade(): Promise<unknown>;
  rollback(): Promise<unknown>;
  uninstall(): Promise<unknown>;
}

export function waysOf(cluster: Cluster, helm: Helm): Way[] {
  const run = (args: readonly string[], input?: object): Promise<string> =>
    kubectl(cluster, args, input && { input: JSON.stringify(input) });
  const rolled = async (): Promise<void> => {
    for (const deployment of deployments) {
      await run([...system, 'rollout', 'status', '--timeout=180s', deployment]);
    }
  };
  const outrider = (...args: string[]) =>
    execa(join(root, 'dist/outrider'), args, { env: { KUBECONFIG: cluster.kubeconfig, NO_PROXY: '*' } });
  const release = (values: object = {}): Promise<string> =>
    helm('helm4', ['upgrade', '--install', 'outrider', chart, ...system, '--create-namespace', '--wait'], {
      cluster,
      values,
    });
  const metadata = { name: 'outrider-config', namespace: 'outrider-system' };
  return [
    {
      title: '`kubectl set image`, `rollout undo`',
      install: () => run(['apply', '-k', manifests]),
      async upgrade() {
        const data = { 'proxy-cpu': cpus.next };
        await run(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
        await run([...system, 'set', 'image', ...deployments, `*=${nextImage}`]);
        await rolled();
      },
      async rollback() {
        await run([...system, 'delete', 'configmap', 'outrider-config']);
        await run([...system, 'rollout', 'undo', ...deployments]);
        await rolled();
      },
      uninstall: () => run(['delete', '--wait', '-k', manifests]),
    },
    {
      title: '`outrider upgrade`, and again',
      install: () => outrider('install', '--image', outriderImage),
      upgrade: () => outrider('upgrade', '--image', nextImage, '--set', `proxy-cpu=${cpus.next}`),
      rollback: () => outrider('upgrade', '--image', outriderImage, '--set', `proxy-cpu=${cpus.now}`),
      uninstall: () => outrider('uninstall', '--yes'),
    },
    {
      title: '`helm upgrade`, `helm rollback`',
      install: () => release(),
      upgrade: () => release({ image: { tag: 'next' }, config: { 'proxy-cpu': cpus.next } }),
      rollback: () => helm('helm4', ['rollback', 'outrider', '1', ...system, '--wait'], { cluster }),
      async uninstall() {
        await helm('helm4', ['uninstall', 'outrider', ...system, '--wait'], { cluster });
        await run(['delete', 'namespace', 'outrider-system', '--wait']);
      },
    },
  ];
}
