import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { dryRunCreate } from './dry-run.ts';
import { useNamespace } from './fixture.ts';
import { type HostileWebhook, startHostileWebhook } from './hostile-webhook.ts';
import { kubectl } from './kubectl.ts';
import { startOlderApiServer } from './older-api-server.ts';
import { waitForWebhook } from './outrider.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const namespace = 'without-policies';
const root = join(import.meta.dirname, '../..');
const manifests = join(root, 'manifests');
const outrider = join(root, 'dist/outrider');

/** On a newer API server, of which nothing is used that the older one lacks. */
describe('what is installed where there are no admission policies, in Kubernetes 1.29', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);
  let hostile: HostileWebhook | undefined;

  before(async function () {
    this.timeout(240_000);
    await kubectl(cluster(), ['delete', '-f', join(manifests, 'backstop.yaml')]);
    const older = await startOlderApiServer(cluster());
    const { stdout } = await execa(outrider, ['upgrade', '--take-ownership'], {
      env: { KUBECONFIG: older.kubeconfig, NO_PROXY: '*' },
    }).finally(() => older.stop());
    expect(stdout).to.contain('ValidatingWebhookConfiguration/outrider-backstop created');
    expect(stdout).not.to.contain('AdmissionPolicy');
    await waitForWebhook(cluster());
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
    hostile = await startHostileWebhook(cluster(), namespace);
    await hostile.setReinvocation('IfNeeded');
  });
  after(async function () {
    this.timeout(120_000);
    await hostile?.stop();
    await kubectl(cluster(), ['delete', 'validatingwebhookconfiguration', 'outrider-backstop']);
    await kubectl(cluster(), ['apply', '-k', manifests]);
    await waitForWebhook(cluster());
  });

  const create = () => dryRunCreate(cluster(), namespace, podManifest({ name: 'app' }));

  it('lets a pod pass that has its proxy', async () => {
    // The API server reaches the other webhook a moment after its Service is there.
    await until(async () => (await create()).refusal === undefined, AbortSignal.timeout(30_000));
  });

  it('refuses a pod that lost it to a webhook after Outrider, by a webhook in place of the policy', async () => {
    hostile?.play((pod) => {
      const containers: { name: string }[] = pod.spec.initContainers;
      return [
        { op: 'replace', path: '/spec/initContainers', value: containers.filter(({ name }) => name === 'x') },
      ];
    });
    let refusal = '';
    await until(async () => {
      refusal = (await create()).refusal ?? '';
      return refusal !== '';
    }, AbortSignal.timeout(30_000));
    expect(refusal)
      .to.contain('admission webhook "enabled-namespace.backstop.outrider.io" denied the request')
      .and.to.contain('outrider: the pod has no init container outrider-proxy');
  });
});
