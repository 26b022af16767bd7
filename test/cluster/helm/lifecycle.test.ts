import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import manifest from '../../../package.json' with { type: 'json' };
import { dryRunCreate } from '../dry-run.ts';
import { useNamespace } from '../fixture.ts';
import { kubectl, kubectlBoth } from '../kubectl.ts';
import { installOutrider, waitForNoWebhook, waitForWebhook } from '../outrider.ts';
import { podManifest, readyColumn, runPods } from '../pods.ts';
import { until } from '../polling.ts';
import { useOutrider } from '../use-outrider.ts';
import { chart, helms, useHelm } from './helm.ts';
import { liveObjects, namedOutrider, settledObjects } from './installed.ts';
import { type AnyObject, objectsOf } from './objects.ts';

const manifests = join(import.meta.dirname, '../../../manifests');
const release = ['outrider', chart, '-n', 'outrider-system', '--wait', '--timeout', '3m'];
const inRelease = ['outrider', '-n', 'outrider-system'];

/** What the program makes at run time is not of the release, and what its settings were is kept; it goes with the namespace. */
const leftBehind = [
  `configmap/outrider-settings-${manifest.version}`,
  'namespace/outrider-system',
  'secret/outrider-ca',
  'secret/outrider-webhook-certificates',
];

for (const name of helms) {
  describe(`a release of the chart on a real cluster, by ${name}`, function () {
    this.timeout(5 * 60_000);
    const cluster = useOutrider();
    const helm = useHelm();
    const shop = `chart-${name}`;
    useNamespace(cluster, shop);
    const run = (args: readonly string[], values: object = {}): Promise<string> =>
      helm(name, args, { cluster: cluster(), values });
    const get = async (...args: string[]): Promise<AnyObject> =>
      JSON.parse(await kubectl(cluster(), ['get', '-n', 'outrider-system', '-o', 'json', ...args]));

    before(async () => {
      await kubectl(cluster(), ['delete', '--wait', '-k', manifests]);
      await kubectl(cluster(), ['create', 'namespace', 'outrider-system']);
      const restricted = 'pod-security.kubernetes.io/enforce=restricted';
      await kubectl(cluster(), ['label', 'namespace', 'outrider-system', restricted]);
      await kubectl(cluster(), ['label', 'namespace', shop, 'outrider.io/injection=enabled']);
    });
    after(async () => {
      await kubectl(cluster(), ['delete', 'namespace', 'outrider-system', '--wait']);
      await installOutrider(cluster());
    });

    it('serves once it is installed, in a namespace that Pod Security restricts', async () => {
      expect(await run(['install', ...release])).to.contain('kubectl label namespace NAME');
      await waitForWebhook(cluster());
      await runPods(cluster(), shop, [{ name: 'first' }]);
      expect(await readyColumn(cluster(), shop)).to.deep.equal({ first: '2/2' });
    });

    it('passes its own test, by a pod that is gone afterwards', async () => {
      expect(await run(['test', ...inRelease, '--timeout', '2m'])).to.match(/Phase: +Succeeded/);
      const found = ['-n', 'default', 'get', 'pod', 'outrider-test', '--ignore-not-found', '-o', 'name'];
      await until(async () => (await kubectl(cluster(), found)) === '', AbortSignal.timeout(60_000));
    });

    it('changes nothing by an upgrade to what is there, and has no word on caBundle', async () => {
      const manifest = await run(['get', 'manifest', ...inRelease]);
      const before = await settledObjects(cluster(), manifest);
      const bundles = await caBundles();
      await run(['upgrade', ...release]);
      const after = await settledObjects(cluster(), manifest);
      // Of a policy with variables, the API server renews once who applied what; that is not of the content.
      expect(after.map(content)).to.deep.equal(before.map(content));
      await run(['upgrade', ...release]);
      expect(await liveObjects(cluster(), manifest)).to.deep.equal(after);
      expect(await caBundles()).to.deep.equal(bundles);
    });

    it('takes other values, and takes them back', async () => {
      const values = { webhook: { replicas: 1 }, config: { 'proxy-cpu': '50m' } };
      await run(['upgrade', ...release], values);
      expect((await get('deployment/outrider-webhook')).spec.replicas).to.equal(1);
      const cpu = async (): Promise<string> => {
        const { pod } = await dryRunCreate(cluster(), shop, podManifest({ name: 'asked' }));
        return pod.spec.initContainers[0].resources.requests.cpu;
      };
      await until(async () => (await cpu()) === '50m', AbortSignal.timeout(30_000));
      await run(['rollback', ...inRelease, '1', '--wait', '--timeout', '3m']);
      expect((await get('deployment/outrider-webhook')).spec.replicas).to.equal(2);
      await until(async () => (await cpu()) === '100m', AbortSignal.timeout(30_000));
      expect(await caBundles()).to.not.include('');
    });

    it('keeps what a newer version knew when it goes back: its settings refuse no pod', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'outrider-newer-'));
      await cp(chart, folder, { recursive: true });
      await replaceIn(join(folder, 'Chart.yaml'), /^appVersion:.*$/m, 'appVersion: 9.9.9');
      await replaceIn(join(folder, 'templates/settings.yaml'), '  keys: |\n', '  keys: |\n    shiny\n');
      await run(['upgrade', 'outrider', folder, ...release.slice(2)], { image: { tag: manifest.version } });
      await rm(folder, { recursive: true });
      await run(['rollback', ...inRelease, '--wait', '--timeout', '3m']);

      expect((await get('configmap/outrider-settings-9.9.9')).data.keys).to.include('shiny');
      const shiny = podManifest({ name: 'shiny', annotations: { 'outrider.io/shiny': 'yes' } });
      const isInjected = async (): Promise<boolean> =>
        (await dryRunCreate(cluster(), shop, shiny)).pod?.spec.initContainers[0].name === 'outrider-proxy';
      await until(isInjected, AbortSignal.timeout(30_000));
      await kubectl(cluster(), [
        ...['-n', 'outrider-system', 'delete', 'configmap', 'outrider-settings-9.9.9'],
      ]);
      await until(async () => !(await isInjected()), AbortSignal.timeout(30_000));
    });

    it('refuses no pod while an upgrade replaces every replica', async () => {
      const ofWebhook = ['-n', 'outrider-system', '-l', 'app.kubernetes.io/component=webhook'];
      const replicas = (await kubectl(cluster(), ['get', 'pods', ...ofWebhook, '-o', 'name'])).split('\n');
      let replaced = false;
      const replace = async (): Promise<void> => {
        await run(['upgrade', ...release], { webhook: { podAnnotations: { replaced: 'yes' } } });
        const gone = ['wait', '--for=delete', '--timeout=90s', ...replicas];
        await kubectl(cluster(), ['-n', 'outrider-system', ...gone]);
      };
      const refusals: string[] = [];
      let asked = 0;
      const ask = async (): Promise<void> => {
        for (; !replaced; asked += 1) {
          const { refusal } = await dryRunCreate(cluster(), shop, podManifest({ name: 'asked' }));
          if (refusal !== undefined) refusals.push(refusal);
        }
      };
      const replacing = replace().finally(() => {
        replaced = true;
      });
      await Promise.all([replacing, ask()]);
      expect(asked).to.be.above(10);
      expect(refusals).to.deep.equal([]);
    });

    it('has objects that the API server takes, with everything on that needs no custom resource', async () => {
      const values = {
        image: { digest: `sha256:${'4f'.repeat(32)}`, pullSecrets: ['registry'] },
        config: { 'access-log': 'off', enforced: ['access-log'] },
        webhook: { autoscaling: { enabled: true }, affinity: { podAntiAffinity: {} } },
        networkPolicy: { enabled: true, from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] },
        dashboard: { enabled: true },
        tolerations: [{ operator: 'Exists' }],
        labels: { team: 'mesh' },
      };
      const rendered = await run(
        ['template', 'outrider', chart, '-n', 'outrider-system', '--no-hooks'],
        values,
      );
      const dryRun = ['apply', '--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict'];
      const applied = await kubectl(cluster(), [...dryRun, '-o', 'name', '-f', '-'], { input: rendered });
      expect(applied.split('\n')).to.have.lengthOf(objectsOf(rendered).size);
      expect(applied).to.contain('networkpolicy.networking.k8s.io/outrider-webhook');
    });

    it('lets pods start without a proxy while no replica is there, where its values say so, and warns', async () => {
      await run(['upgrade', ...release], { webhook: { failurePolicy: 'Ignore', replicas: 0 } });
      await waitForNoWebhook(cluster());
      const create = [
        '-n',
        shop,
        'create',
        '--dry-run=server',
        '-o',
        'jsonpath={.spec.initContainers}',
        '-f',
        '-',
      ];
      const input = JSON.stringify(podManifest({ name: 'unproxied' }));
      let told = { stdout: '', stderr: '' };
      await until(async () => {
        told = await kubectlBoth(cluster(), create, { input });
        return told.stderr !== '';
      }, AbortSignal.timeout(30_000));
      expect(told.stdout).to.equal('');
      expect(told.stderr).to.match(/^Warning: .*outrider: the pod has no init container outrider-proxy/);
      await run(['upgrade', ...release]);
      await waitForWebhook(cluster());
    });

    it('leaves nothing behind but what it made at run time and what it knew, and pods go on', async () => {
      await uninstall();
      await runPods(cluster(), shop, [{ name: 'second' }]);
      expect(await readyColumn(cluster(), shop)).to.deep.equal({ first: '2/2', second: '1/1' });
    });

    it('takes over what kubectl has installed, all of it', async () => {
      await kubectl(cluster(), ['apply', '-k', manifests]);
      await waitForWebhook(cluster());
      // What the API server has given its defaults is of whom it was applied by: the server's side sees a conflict.
      const force = name === 'helm4' ? ['--force-conflicts'] : [];
      await run(['install', ...release, '--take-ownership', ...force]);
      await waitForWebhook(cluster());
      await uninstall();
    });

    async function replaceIn(file: string, before: string | RegExp, after: string): Promise<void> {
      const text = await readFile(file, 'utf8');
      const replaced = text.replace(before, after);
      expect(replaced).not.to.equal(text);
      await writeFile(file, replaced);
    }

    async function uninstall(): Promise<void> {
      await run(['uninstall', ...inRelease, '--wait', '--timeout', '3m']);
      let left: string[] = [];
      await until(async () => {
        left = await namedOutrider(cluster());
        return left.length === leftBehind.length;
      }, AbortSignal.timeout(60_000)).catch(() => {});
      expect(left).to.deep.equal(leftBehind);
    }

    function content({ metadata: { resourceVersion: _, ...metadata }, ...object }: AnyObject): AnyObject {
      return { ...object, metadata };
    }

    async function caBundles(): Promise<string[]> {
      const configurations = await Promise.all([
        get('mutatingwebhookconfiguration/outrider-webhook', '--show-managed-fields'),
        get('validatingwebhookconfiguration/outrider-warnings', '--show-managed-fields'),
      ]);
      for (const { metadata } of configurations) {
        const owners = metadata.managedFields.filter(({ fieldsV1 }: AnyObject) =>
          JSON.stringify(fieldsV1).includes('f:caBundle'),
        );
        expect(owners.map(({ manager }: AnyObject) => manager)).to.deep.equal(['outrider-ca-bundle']);
      }
      return configurations.flatMap(({ webhooks }) =>
        webhooks.map(({ clientConfig }: AnyObject) => clientConfig.caBundle ?? ''),
      );
    }
  });
}
