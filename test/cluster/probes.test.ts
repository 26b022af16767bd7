import { expect } from 'chai';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { busybox, inApp, type PodInput, podManifest, readyColumn, runPods } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const namespace = 'probes';

const serve = "httpd -p '[::]:8080' -h /";

/** A container that serves on 8080 until its server is killed; the container itself lives on. */
const server = (more: object): object => ({
  ...busybox,
  name: 'app',
  command: ['sh', '-c', `${serve}; trap exit TERM; while sleep 1; do :; done`],
  ports: [{ name: 'web', containerPort: 8080 }],
  ...more,
});

const often = { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 2 };

describe('TCP probes of the kubelet', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);

  const pod = (name: string, containers: object[], more: object = {}): PodInput => ({
    name,
    spec: { terminationGracePeriodSeconds: 0, containers, ...more },
  });
  const run = (...args: string[]): Promise<string> => kubectl(cluster(), ['-n', namespace, ...args]);
  const restarts = (name: string): Promise<string> =>
    run('get', 'pod', name, '-o', 'jsonpath={.status.containerStatuses[?(@.name=="app")].restartCount}');
  const showsReady = (name: string, column: string): Promise<void> =>
    until(
      async () => (await readyColumn(cluster(), namespace))[name] === column,
      AbortSignal.timeout(30_000),
    );

  before(async () => {
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
  });

  it('take a pod out of service while its port is closed, and back in: the proxy is up all the time', async () => {
    const readinessProbe = { tcpSocket: { port: 'web' }, ...often };
    await runPods(cluster(), namespace, [pod('readiness', [server({ readinessProbe })])]);
    await showsReady('readiness', '2/2');
    await inApp(cluster(), namespace, 'readiness', 'killall httpd');
    await showsReady('readiness', '1/2');
    await inApp(cluster(), namespace, 'readiness', serve);
    await showsReady('readiness', '2/2');
    expect(await restarts('readiness')).to.equal('0');
  });

  it('restart a container whose port is closed while it lives', async () => {
    const livenessProbe = { tcpSocket: { port: 8080 }, ...often };
    await runPods(cluster(), namespace, [pod('liveness', [server({ livenessProbe })])]);
    await inApp(cluster(), namespace, 'liveness', 'killall httpd');
    await until(async () => (await restarts('liveness')) === '1', AbortSignal.timeout(30_000));
    await showsReady('liveness', '2/2');
    const events = await run('get', 'events', '--field-selector', 'reason=Unhealthy', '-o', 'yaml');
    expect(events).to.contain('Liveness probe failed: HTTP probe failed with statuscode: 503');
  });

  it('hold the application back until the port of a native sidecar is open', async () => {
    const sidecar = server({
      name: 'cache',
      restartPolicy: 'Always',
      command: ['sh', '-c', `while [ ! -e /go ]; do sleep 1; done; exec httpd -f -p '[::]:8080' -h /`],
      startupProbe: { tcpSocket: { port: 'web' }, ...often, failureThreshold: 60 },
    });
    const manifest = podManifest(
      pod('startup', [{ ...busybox, name: 'app', command: ['sleep', '1d'] }], { initContainers: [sidecar] }),
    );
    await kubectl(cluster(), ['-n', namespace, 'create', '-f', '-'], { input: JSON.stringify(manifest) });
    const asked = `jsonpath={.status.initContainerStatuses[?(@.name=="cache")].state.running.startedAt}`;
    await until(
      async () => (await run('get', 'pod', 'startup', '-o', asked)) !== '',
      AbortSignal.timeout(30_000),
    );
    // Long enough for the kubelet to have asked a few times.
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect((await readyColumn(cluster(), namespace)).startup).to.equal('1/3');
    await run('exec', 'startup', '-c', 'cache', '--', 'touch', '/go');
    await showsReady('startup', '3/3');
  });

  it('are those of the kubelet itself where the port is not captured', async () => {
    const readinessProbe = { tcpSocket: { port: 8080 }, ...often };
    const annotations = { 'outrider.io/exclude-inbound-ports': '8080' };
    await runPods(cluster(), namespace, [{ ...pod('excluded', [server({ readinessProbe })]), annotations }]);
    const path = 'jsonpath={.spec.containers[0].readinessProbe.tcpSocket.port}';
    expect(await run('get', 'pod', 'excluded', '-o', path)).to.equal('8080');
    await inApp(cluster(), namespace, 'excluded', 'killall httpd');
    await showsReady('excluded', '1/2');
  });
}).timeout(120_000);
