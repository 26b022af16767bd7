import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { podManifest } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const main = fileURLToPath(new URL('../../webhook/main.ts', import.meta.url));
const namespace = 'check';

interface Outcome {
  readonly exitCode: number | undefined;
  readonly lines: readonly string[];
  readonly stderr: string;
}

describe('the check of what a real cluster holds', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);

  const check = async (...args: readonly string[]): Promise<Outcome> => {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [main, 'check', ...args], {
      env: { KUBECONFIG: cluster().kubeconfig },
      reject: false,
    });
    return { exitCode, lines: stdout.split('\n'), stderr };
  };

  const create = (object: object): Promise<string> =>
    kubectl(cluster(), ['-n', namespace, 'create', '-f', '-'], { input: JSON.stringify(object) });

  before(async () => {
    const older = podManifest({ name: 'older' });
    const { metadata, spec } = podManifest({
      name: 'web',
      annotations: { 'outrider.io/proxy-cpu': 'much' },
    }) as { metadata: object; spec: object };
    await create(older);
    await create({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 0, selector: { matchLabels: { app: 'web' } }, template: { metadata, spec } },
    });
    const settings = ['outrider.io/proxy-memory=80Mi'];
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
    await kubectl(cluster(), ['annotate', 'namespace', namespace, ...settings]);
  });

  it('tells why a pod has no proxy: it is older than the label of its namespace', async () => {
    const { exitCode, lines, stderr } = await check('pod/older', '-n', namespace);
    expect(stderr).to.equal('');
    expect(exitCode).to.equal(0);
    expect(lines[0]).to.equal('Pod/older: inject: the namespace is labelled outrider.io/injection=enabled');
    expect(lines).to.include(
      '  setting    proxy-memory=80Mi (namespace annotation outrider.io/proxy-memory)',
    );
    expect(lines.at(-1)).to.include('is not there: the pod is older');
  });

  it('compares a pod that was injected from a file with what would be injected today', async () => {
    const input = JSON.stringify(
      podManifest({ name: 'told', annotations: { 'outrider.io/proxy-memory': '80Mi' } }),
    );
    const injected = await execa(process.execPath, [main, 'inject', '-f', '-', '-n', namespace], { input });
    await kubectl(cluster(), ['-n', namespace, 'create', '-f', '-'], { input: injected.stdout });
    expect((await check('told', '-n', namespace)).lines.at(-1)).to.equal('  proxy      is there already');

    await kubectl(cluster(), ['annotate', 'namespace', namespace, 'outrider.io/proxy-cpu=70m']);
    expect((await check('told', '-n', namespace)).lines.at(-1)).to.equal(
      '  proxy      is there, but not as it would be injected today: delete the pod, and it is made anew',
    );
  });

  it('tells why a workload gets no pods', async () => {
    const { exitCode, lines } = await check('deployment/web', '-n', namespace);
    expect(exitCode).to.equal(1);
    expect(lines[0]).to.equal(
      'Deployment/web: deny: pod annotation outrider.io/proxy-cpu: "much" is not valid: expected a quantity greater than zero, such as 100m or 128Mi',
    );
  });

  it('says of what is not there that it is not', async () => {
    const { exitCode, stderr } = await check('sts/web', '-n', namespace);
    expect(stderr).to.equal(
      `there is no StatefulSet/web in the namespace ${namespace}: give another with -n`,
    );
    expect(exitCode).to.equal(2);
  });
}).timeout(60_000);
