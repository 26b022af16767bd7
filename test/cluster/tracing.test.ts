import { expect } from 'chai';
import { type Program, startProgram } from '../net/program.ts';
import { fixture } from '../net/traffic.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { busybox } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const namespace = 'tracing';
const serve = "mkdir -p /tmp; echo hello >/tmp/index.html; exec httpd -f -p '[::]:8080' -h /tmp";

/** Its pods have no label by which their service could be told. */
const deployment = (collector: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'checkout' },
  spec: {
    selector: { matchLabels: { tier: 'web' } },
    template: {
      metadata: {
        labels: { tier: 'web' },
        annotations: {
          'outrider.io/tracing-endpoint': collector,
          'outrider.io/tracing-sampling': '100',
        },
      },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            ...busybox,
            name: 'app',
            command: ['sh', '-c', serve],
            ports: [{ name: 'http', containerPort: 8080 }],
            readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 1 },
          },
        ],
      },
    },
  },
});

describe('traces on a real cluster', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);
  const run = (args: readonly string[], input = ''): Promise<string> =>
    kubectl(cluster(), ['-n', namespace, ...args], { input });
  let collector: Program;

  before(async function () {
    this.timeout(120_000);
    const address = `${cluster().hostAddress}:14317`;
    collector = startProgram(process.execPath, [fixture('otlp-collector.ts'), address], {});
    expect(await collector.nextLine()).to.equal('ready');
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
    await run(['create', '-f', '-'], JSON.stringify(deployment(address)));
    await run(['rollout', 'status', 'deployment/checkout', '--timeout=90s']);
  });
  after(() => collector?.stop());

  it('name the Deployment, and the pod and the namespace that the kubelet knows', async () => {
    const pod = await run(['get', 'pods', '-o', 'jsonpath={.items[0].metadata.name}']);
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}:8080/proxy/`;
    expect(await run(['get', '--raw', path])).to.equal('hello');
    // The kubelet's probes are requests, too, and came before.
    const nextSpan = async () => JSON.parse(await collector.nextLine());
    let span = await nextSpan();
    while (span.attributes.user_agent.startsWith('kube-probe')) span = await nextSpan();
    expect(span.resource).to.deep.include({
      'service.name': 'checkout',
      'service.namespace': namespace,
      'k8s.namespace.name': namespace,
      'k8s.pod.name': pod,
    });
    expect(span).to.deep.include({ name: 'GET', kind: 'SERVER' });
    expect(span.attributes).to.deep.include({ 'http.status_code': '200', node_id: `${pod}.${namespace}` });
  });
});
