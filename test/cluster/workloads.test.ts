import { expect } from 'chai';
import { enableInjection, template, useCalling } from './calling.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { busybox, inApp, podManifest, readyColumn } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const meshed = 'workloads';

interface PodStatus {
  readonly metadata: { readonly name: string };
  readonly status: { readonly phase: string };
}

describe('workloads of every kind', () => {
  const cluster = useOutrider();
  useNamespace(cluster, meshed);
  const calling = useCalling(cluster, 'workloads-plain');

  const run = (...args: string[]): Promise<string> => kubectl(cluster(), ['-n', meshed, ...args]);
  const create = (object: object): Promise<string> =>
    kubectl(cluster(), ['-n', meshed, 'create', '-f', '-'], { input: JSON.stringify(object) });
  const rolledOut = (workload: string): Promise<string> =>
    run('rollout', 'status', '--timeout=90s', workload);

  const app = calling.app;
  const once = (): object => ({ ...busybox, name: 'app', command: ['sh', '-c', calling.script()] });
  const passedOn = (pod: string): Promise<string> => run('logs', pod, '-c', 'app');
  const podsOf = async (label: string): Promise<PodStatus[]> =>
    JSON.parse(await run('get', 'pods', '-l', label, '-o', 'json')).items;

  before(() => enableInjection(cluster(), meshed));

  it('a StatefulSet becomes ready, replica by replica', async () => {
    const spec = { serviceName: 'set', replicas: 2, ...template('set', [app()]) };
    await create({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'set' }, spec });
    await rolledOut('statefulset/set');
    expect(await readyColumn(cluster(), meshed)).to.include({ 'set-0': '2/2', 'set-1': '2/2' });
    for (const pod of ['set-0', 'set-1']) expect(await passedOn(pod)).to.equal('passed on: 1');
  });

  it('a DaemonSet becomes ready', async () => {
    const spec = template('agent', [app()]);
    await create({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent' }, spec });
    await rolledOut('daemonset/agent');
    expect(await passedOn('daemonset/agent')).to.equal('passed on: 1');
  });

  it('a Job completes, all of its pods with success: the proxy ends with them', async () => {
    const spec = {
      completions: 2,
      parallelism: 2,
      template: { spec: { restartPolicy: 'Never', containers: [once()] } },
    };
    await create({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'twice' }, spec });
    await run('wait', '--for=condition=Complete', '--timeout=60s', 'job/twice');
    const pods = await podsOf('job-name=twice');
    expect(pods.map(({ status }) => status.phase)).to.deep.equal(['Succeeded', 'Succeeded']);
    for (const { metadata } of pods) expect(await passedOn(metadata.name)).to.equal('passed on: 1');
  });

  it('a CronJob makes Jobs that complete', async () => {
    const jobTemplate = {
      spec: { template: { spec: { restartPolicy: 'OnFailure', containers: [once()] } } },
    };
    const spec = { schedule: '0 0 1 1 *', jobTemplate };
    await create({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'yearly' }, spec });
    await run('create', 'job', 'now', '--from=cronjob/yearly');
    await run('wait', '--for=condition=Complete', '--timeout=60s', 'job/now');
    expect(await passedOn('job/now')).to.equal('passed on: 1');
  });

  it('a pod of twenty containers becomes ready, each with a TCP probe of its own', async () => {
    const containers = Array.from({ length: 20 }, (_, index) => ({
      ...busybox,
      name: index === 0 ? 'app' : `server-${index}`,
      command: [
        'sh',
        '-c',
        `${index === 0 ? calling.script() : ''}\nexec httpd -f -p '[::]:${8000 + index}' -h /`,
      ],
      readinessProbe: { tcpSocket: { port: 8000 + index }, periodSeconds: 2 },
    }));
    await create(podManifest({ name: 'twenty', spec: { terminationGracePeriodSeconds: 0, containers } }));
    await run('wait', '--for=condition=Ready', '--timeout=120s', 'pod/twenty');
    expect(await readyColumn(cluster(), meshed)).to.include({ twenty: '21/21' });
    expect(await passedOn('twenty')).to.equal('passed on: 1');
  });

  it('a pod with native sidecars and init containers of its own starts them behind the proxy, in their order', async () => {
    const sidecar = (name: string, port: number): object => ({
      ...busybox,
      name,
      restartPolicy: 'Always',
      command: ['sh', '-c', `${calling.script()}\nexec httpd -f -p '[::]:${port}' -h /`],
      startupProbe: { tcpSocket: { port }, periodSeconds: 1 },
    });
    const initContainers = [sidecar('first', 7001), { ...once(), name: 'migrate' }, sidecar('second', 7002)];
    const containers = [app()];
    await create(
      podManifest({
        name: 'sidecars',
        spec: { terminationGracePeriodSeconds: 0, initContainers, containers },
      }),
    );
    await run('wait', '--for=condition=Ready', '--timeout=90s', 'pod/sidecars');
    expect(await readyColumn(cluster(), meshed)).to.include({ sidecars: '4/4' });
    const names = 'jsonpath={.spec.initContainers[*].name}';
    expect(await run('get', 'pod', 'sidecars', '-o', names)).to.equal(
      'outrider-proxy outrider-init first migrate second',
    );
    const said = await Promise.all(
      ['first', 'migrate', 'second', 'app'].map((name) => run('logs', 'sidecars', '-c', name)),
    );
    expect(said).to.deep.equal(['passed on: 1', 'passed on: 2', 'passed on: 3', 'passed on: 4']);
  });

  it('a pod that runs as nobody in particular, on a read-only filesystem, becomes ready', async () => {
    const containers = [
      app({
        securityContext: {
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
        },
      }),
    ];
    const securityContext = {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 2000,
      seccompProfile: { type: 'RuntimeDefault' },
    };
    await create(
      podManifest({
        name: 'nobody',
        spec: { terminationGracePeriodSeconds: 0, securityContext, containers },
      }),
    );
    await run('wait', '--for=condition=Ready', '--timeout=60s', 'pod/nobody');
    expect(await passedOn('nobody')).to.equal('passed on: 1');
    expect(await inApp(cluster(), meshed, 'nobody', 'id -u')).to.equal('1000');
  });

  it('a pod with resources as a whole becomes ready, with limits that are tighter than those of the proxy', async () => {
    const resources = { requests: { cpu: '50m', memory: '150Mi' }, limits: { cpu: '500m', memory: '200Mi' } };
    const spec = { terminationGracePeriodSeconds: 0, resources, containers: [app()] };
    await create(podManifest({ name: 'whole', spec }));
    await run('wait', '--for=condition=Ready', '--timeout=60s', 'pod/whole');
    expect(await passedOn('whole')).to.equal('passed on: 1');
    expect(JSON.parse(await run('get', 'pod', 'whole', '-o', 'json')).spec.resources).to.deep.equal(
      resources,
    );
  });

  describe('kubectl debug', () => {
    before(async () => {
      await create(
        podManifest({ name: 'odd', spec: { terminationGracePeriodSeconds: 0, containers: [app()] } }),
      );
      await run('wait', '--for=condition=Ready', '--timeout=60s', 'pod/odd');
    });

    it('adds a container to a running pod, whose traffic goes through the proxy as well', async () => {
      const debug = ['debug', 'odd', `--image=${busybox.image}`, '--image-pull-policy=IfNotPresent'];
      await run(...debug, '--container=look', '--', 'sh', '-c', calling.script());
      const ended = 'jsonpath={.status.ephemeralContainerStatuses[0].state.terminated.exitCode}';
      await until(
        async () => (await run('get', 'pod', 'odd', '-o', ended)) !== '',
        AbortSignal.timeout(30_000),
      );
      expect(await run('logs', 'odd', '-c', 'look')).to.equal('passed on: 2');
    });

    it('copies a pod, sidecar and all, and the copy becomes ready', async () => {
      const debug = ['debug', 'odd', '--copy-to=copy', '--share-processes=false', '--same-node'];
      const image = [`--image=${busybox.image}`, '--image-pull-policy=IfNotPresent'];
      await run(...debug, ...image, '--container=look', '--', 'sleep', '1d');
      await run('wait', '--for=condition=Ready', '--timeout=60s', 'pod/copy');
      expect(await readyColumn(cluster(), meshed)).to.include({ odd: '2/2', copy: '3/3' });
      expect(await passedOn('copy')).to.equal('passed on: 1');
    });
  });

  it('are drained with --delete-emptydir-data, and not without it', async () => {
    const node = await run('get', 'pod', 'set-0', '-o', 'jsonpath={.spec.nodeName}');
    const drain = ['drain', node, '--dry-run=server', '--pod-selector=app=set'];
    const refused = await run(...drain).catch((error) => String(error.stderr));
    expect(refused).to.contain(
      'cannot delete Pods with local storage (use --delete-emptydir-data to override)',
    );
    expect(await run(...drain, '--delete-emptydir-data')).to.contain('drained (server dry run)');
  });
}).timeout(150_000);
