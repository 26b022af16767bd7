import { expect } from 'chai';
import { ExecaError } from 'execa';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const namespace = 'denied';
const annotations = { 'outrider.io/proxy-cpus': '1' };
const message =
  'outrider: pod annotation outrider.io/proxy-cpus: "1" is not valid: expected a known setting: did you mean outrider.io/proxy-cpu?';

describe('a pod that is denied on a real cluster', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);

  const run = (args: readonly string[], input?: object): Promise<string> =>
    kubectl(cluster(), ['-n', namespace, ...args], input && { input: JSON.stringify(input) });

  /** Creates a pod that is denied. */
  const refused = async (annotations: Record<string, string>, ...flags: string[]): Promise<string> => {
    const pod = podManifest({ name: 'web', annotations });
    const said = await run(['create', ...flags, '-f', '-'], pod).catch((error: unknown) => error);
    return said instanceof ExecaError ? String(said.stderr) : 'created';
  };

  /** What the Events of the webhook are about, and say. */
  const events = async (): Promise<string[]> => {
    const shown = '{range .items[*]}{.involvedObject.kind}/{.involvedObject.name} {.message}{"\\n"}{end}';
    const selector = 'reason=PodDenied';
    const lines = await run(['get', 'events', '--field-selector', selector, '-o', `jsonpath=${shown}`]);
    return lines.split('\n').filter((line) => line !== '');
  };

  before(async () => {
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
  });

  it('is told with the namespace where a person made it, but not in a dry run', async () => {
    expect(await refused({ 'outrider.io/nonsense': '1' }, '--dry-run=server')).to.include('outrider: ');
    expect(await refused(annotations)).to.include(message);
    await until(async () => (await events()).length > 0, AbortSignal.timeout(10_000));
    expect(await events()).to.deep.equal([`Namespace/${namespace} ${message}`]);
  });

  it('is told with the ReplicaSet that would have made it, once, however often that tries', async () => {
    const template = {
      metadata: { labels: { app: 'shop' }, annotations },
      spec: (podManifest({ name: 'shop' }) as { spec: object }).spec,
    };
    const spec = { replicas: 3, selector: { matchLabels: { app: 'shop' } }, template };
    await run(['create', '-f', '-'], {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'shop' },
      spec,
    });
    const ofReplicaSet = async (): Promise<string[]> =>
      (await events()).filter((line) => line.startsWith('ReplicaSet/'));
    await until(async () => (await ofReplicaSet()).length > 0, AbortSignal.timeout(20_000));
    const replicaSet = await run(['get', 'replicaset', '-o', 'name']);
    const name = replicaSet.replace('replicaset.apps/', '');
    expect(await ofReplicaSet()).to.deep.equal([`ReplicaSet/${name} ${message}`]);
    expect(await run(['describe', replicaSet])).to.match(
      /PodDenied +\S+ +outrider-webhook +outrider: pod annotation/,
    );
  });
});
