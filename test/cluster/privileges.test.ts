import { expect } from 'chai';
import { type CreatedPod, dryRunCreate } from './dry-run.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { busybox, podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const [enabled, baseline, restricted, plain] = [
  'privileges-enabled',
  'privileges-baseline',
  'privileges-restricted',
  'privileges-plain',
];
const tokenFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** An application that the level `restricted` takes. */
const securityContext = {
  runAsNonRoot: true,
  runAsUser: 1000,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
const app = podManifest({
  name: 'app',
  spec: { containers: [{ ...busybox, name: 'app', command: ['sleep', '1d'], securityContext }] },
});

describe('the privileges of what is injected', () => {
  const cluster = useOutrider();
  for (const name of [enabled, baseline, restricted, plain]) useNamespace(cluster, name);
  /** A pod as the webhook makes it, to be created where no webhook sees it. */
  let injected: CreatedPod;

  before(async function () {
    this.timeout(60_000);
    const enforce = 'pod-security.kubernetes.io/enforce';
    const label = (...args: string[]) => kubectl(cluster(), ['label', 'namespace', ...args]);
    await label(enabled, 'outrider.io/injection=enabled');
    await label(baseline, 'outrider.io/injection=enabled', `${enforce}=baseline`);
    await label(restricted, `${enforce}=restricted`);
    const { pod } = await dryRunCreate(cluster(), enabled, app);
    injected = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app' }, spec: pod.spec };
  });

  it('are told, with the remedy, before Pod Security refuses the pod', async () => {
    const warning =
      `Warning: outrider: namespace ${baseline}: Pod Security "baseline" refuses container outrider-init for ` +
      'NET_ADMIN, NET_RAW: label it pod-security.kubernetes.io/enforce=privileged, ' +
      'or the pod outrider.io/inject=false';
    let refusal = '';
    // The webhook watches namespaces; the label needs a moment to get there.
    await until(async () => {
      refusal = (await dryRunCreate(cluster(), baseline, app)).refusal ?? '';
      return refusal.includes('Warning:');
    }, AbortSignal.timeout(10_000));
    expect(refusal).to.contain(warning).and.to.contain('violates PodSecurity "baseline:latest"');
    expect(refusal.indexOf('Warning:')).to.be.below(refusal.indexOf('violates PodSecurity'));
  });

  it('are none that the level restricted forbids, for the proxy', async () => {
    const initContainers = injected.spec.initContainers.filter(
      ({ name }: { name: string }) => name === 'outrider-proxy',
    );
    const alone = { ...injected, spec: { ...injected.spec, initContainers } };
    const { pod, refusal } = await dryRunCreate(cluster(), restricted, alone);
    expect(refusal).to.equal(undefined);
    expect(pod.spec.initContainers).to.have.lengthOf(1);
  });

  it('are forbidden there for the init container alone', async () => {
    const { refusal } = await dryRunCreate(cluster(), restricted, injected);
    expect(refusal).to.contain('container "outrider-init" must').and.not.to.contain('outrider-proxy');
  });

  it('are not those of the service account: its token is in the application alone', async () => {
    const altered = structuredClone(injected);
    const look = `ls -A ${tokenFolder}; echo looked`;
    for (const container of altered.spec.initContainers) {
      const sleep = container.name === 'outrider-proxy' ? '; sleep 1d' : '';
      Object.assign(container, { ...busybox, command: ['sh', '-c', `${look}${sleep}`], args: [] });
      delete container.readinessProbe;
    }
    altered.spec.containers[0].command = ['sh', '-c', `${look}; sleep 1d`];
    await kubectl(cluster(), ['-n', plain, 'create', '-f', '-'], { input: JSON.stringify(altered) });
    await kubectl(cluster(), ['-n', plain, 'wait', '--for=condition=Ready', '--timeout=60s', 'pod/app']);
    const logged = (container: string): Promise<string> =>
      kubectl(cluster(), ['-n', plain, 'logs', 'app', '-c', container]);
    expect(await logged('outrider-proxy')).to.equal('looked');
    expect(await logged('outrider-init')).to.equal('looked');
    const found = await logged('app');
    expect(found.split('\n')).to.include.members(['token', 'ca.crt', 'namespace', 'looked']);
  }).timeout(90_000);
});
