import { expect } from 'chai';
import { ExecaError } from 'execa';
import { useNamespace } from './fixture.ts';
import { busyboxImageName } from './images.ts';
import { kubectl, kubectlBoth } from './kubectl.ts';
import { waitForNoWebhook, waitForWebhook } from './outrider.ts';
import { type PodInput, podManifest, readyColumn, runPods } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const [enabled, none] = ['outage-enabled', 'outage-none'];

describe('with every replica of the webhook gone', () => {
  const cluster = useOutrider();
  useNamespace(cluster, enabled);
  useNamespace(cluster, none);

  const scale = async (replicas: number): Promise<void> => {
    const scaled = ['scale', 'deployment/outrider-webhook', `--replicas=${replicas}`];
    await kubectl(cluster(), ['-n', 'outrider-system', ...scaled]);
  };

  before(async function () {
    this.timeout(120_000);
    await kubectl(cluster(), ['label', 'namespace', enabled, 'outrider.io/injection=enabled']);
    await scale(0);
    await waitForNoWebhook(cluster());
  });

  after(async function () {
    this.timeout(120_000);
    await scale(2);
    await waitForWebhook(cluster());
  });

  const refusal = async (namespace: string, pod: PodInput): Promise<string> => {
    try {
      await kubectl(cluster(), ['-n', namespace, 'create', '-f', '-'], {
        input: JSON.stringify(podManifest(pod)),
      });
      return 'created';
    } catch (error) {
      if (error instanceof ExecaError) return String(error.stderr);
      throw error;
    }
  };

  it('refuses a pod in a labelled namespace, and says why', async () => {
    const message = await refusal(enabled, { name: 'refused' });
    expect(message)
      .to.contain('failed calling webhook "enabled-namespace.outrider.io"')
      .and.to.contain('outrider-webhook');
  });

  it('refuses a pod that asks by its own label, and says why', async () => {
    const message = await refusal(none, { name: 'refused', labels: { 'outrider.io/inject': 'true' } });
    expect(message).to.contain('failed calling webhook "labelled-pod.outrider.io"');
  });

  it('starts all others as if nothing had happened', async () => {
    const { spec } = podManifest({ name: '' }) as { spec: object };
    await runPods(cluster(), none, [{ name: 'unlabelled' }]);
    await runPods(cluster(), enabled, [
      { name: 'host-network', spec: { ...spec, hostNetwork: true } },
      { name: 'opted-out', labels: { 'outrider.io/inject': 'false' } },
    ]);
    await runPods(cluster(), 'kube-system', [{ name: 'outage-system' }]);
    expect(await readyColumn(cluster(), none)).to.deep.equal({ unlabelled: '1/1' });
    expect(await readyColumn(cluster(), enabled)).to.deep.equal({
      'host-network': '1/1',
      'opted-out': '1/1',
    });
    await kubectl(cluster(), ['-n', 'kube-system', 'delete', 'pod', 'outage-system', '--wait=false']);
  });

  it('takes workloads as if nothing had happened, without the warnings', async () => {
    const deployment = ['create', 'deployment', 'web', `--image=${busyboxImageName}`, '--replicas=0'];
    const started = performance.now();
    const { stderr } = await kubectlBoth(cluster(), ['-n', enabled, ...deployment]);
    expect(stderr).to.equal('');
    expect(performance.now() - started).to.be.below(5_000);
  });
});
