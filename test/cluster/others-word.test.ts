import { expect } from 'chai';
import { type CreatedPod, dryRunCreate } from './dry-run.ts';
import { useNamespace } from './fixture.ts';
import { type HostileWebhook, startHostileWebhook } from './hostile-webhook.ts';
import { kubectl } from './kubectl.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const namespace = 'others-word';

const mirror = 'registry.example/mirror/';
const agent = { name: 'AGENT_HOST', value: '192.0.2.1' };

describe('another webhook, which is called after ours, and makes the API server call ours again', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);
  let other: HostileWebhook;

  const pod = podManifest({ name: 'app' });
  const created = async (): Promise<CreatedPod> => {
    const { pod: made, refusal } = await dryRunCreate(cluster(), namespace, pod);
    if (made === undefined) throw new Error(refusal);
    return made;
  };

  before(async function () {
    this.timeout(60_000);
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
    other = await startHostileWebhook(cluster(), namespace);
    await other.setReinvocation('Never');
    const label = '/metadata/labels/seen';
    other.play(() => [{ op: 'add', path: label, value: 'yes' }]);
    // The API server learns of it by watching, and kube-proxy where it is.
    const isSeen = async (): Promise<boolean> =>
      (await dryRunCreate(cluster(), namespace, pod)).pod?.metadata.labels.seen === 'yes';
    await until(isSeen, AbortSignal.timeout(30_000));
  });
  after(() => other?.stop());

  it('has its word where it is its own: a mirror, variables, a pull policy', async () => {
    other.play(() => []);
    const plain = await created();
    other.play(({ spec }) => [
      ...[0, 1].flatMap((index) => {
        const path = `/spec/initContainers/${index}`;
        const image = `${mirror}${spec.initContainers[index].image}`;
        return [{ op: 'replace', path: `${path}/image`, value: image } as const];
      }),
      { op: 'replace', path: '/spec/initContainers/0/imagePullPolicy', value: 'Always' },
      { op: 'add', path: '/spec/initContainers/0/env/-', value: agent },
      { op: 'remove', path: '/spec/initContainers/0/restartPolicy' },
      { op: 'remove', path: '/spec/initContainers/0/readinessProbe' },
    ]);
    const [proxy, init] = (await created()).spec.initContainers;
    const [ours, rules] = plain.spec.initContainers;
    // That it is a sidecar again shows that ours was called again.
    expect(proxy).to.deep.equal({
      ...ours,
      image: `${mirror}${ours.image}`,
      imagePullPolicy: 'Always',
      env: [...ours.env, agent],
      volumeMounts: proxy.volumeMounts,
    });
    expect(init).to.deep.equal({
      ...rules,
      image: `${mirror}${rules.image}`,
      volumeMounts: init.volumeMounts,
    });
  });

  it('has none on what makes the proxy a proxy', async () => {
    other.play(() => []);
    const plain = await created();
    other.play(() => [
      { op: 'replace', path: '/spec/initContainers/0/image', value: 'evil:1' },
      { op: 'replace', path: '/spec/initContainers/0/args', value: ['--version'] },
      { op: 'replace', path: '/spec/initContainers/1/args', value: ['cleanup'] },
      { op: 'add', path: '/spec/initContainers/1/env/-', value: agent },
    ]);
    const [proxy, init] = (await created()).spec.initContainers;
    const [ours, rules] = plain.spec.initContainers;
    expect(proxy.args).to.deep.equal(ours.args);
    expect(proxy.image).to.equal(ours.image);
    expect([init.args, init.env]).to.deep.equal([rules.args, rules.env]);
  });
}).timeout(60_000);
