import { expect } from 'chai';
import { type AnyPod, denial, inject, pod, review } from '../pods.ts';

/** Ports of HTTP in the pod's bootstrap, and the codec of each. */
function declared(object: AnyPod): Record<string, string> {
  const { args } = inject(object).spec.initContainers[0];
  const { listeners } = JSON.parse(args[1]).static_resources;
  const [, ...chains] = listeners.find(({ name }: AnyPod) => name === 'virtualInbound').filter_chains;
  return Object.fromEntries(
    chains.map(({ name, filters }: AnyPod) => [name, filters[0].typed_config.codec_type]),
  );
}

const withPorts = (ports: unknown, protocols?: string): AnyPod =>
  pod({
    metadata: { annotations: protocols === undefined ? {} : { 'outrider.io/inbound-protocol': protocols } },
    spec: { containers: [{ name: 'shop', image: 'shop:1', ports }] },
  });

describe('the ports on which HTTP is declared', () => {
  it('are none in a pod that says nothing', () => {
    expect(declared(pod())).to.deep.equal({});
    expect(declared(withPorts([{ containerPort: 80 }, { name: 'web', containerPort: 81 }]))).to.deep.equal(
      {},
    );
  });

  it('are those that names of ports declare, of native sidecars too, in ascending order', () => {
    const object = withPorts([
      { name: 'http', containerPort: 8080 },
      { name: 'grpc-api', containerPort: 80 },
    ]);
    object.spec.initContainers = [
      { name: 'side', restartPolicy: 'Always', ports: [{ name: 'http2', containerPort: 90 }] },
    ];
    expect(Object.entries(declared(object))).to.deep.equal([
      ['inbound|80||', 'HTTP2'],
      ['inbound|90||', 'HTTP2'],
      ['inbound|8080||', 'AUTO'],
    ]);
  });

  it('are those of the setting before those of names', () => {
    const object = withPorts([{ name: 'http', containerPort: 8080 }], '8080=tcp,9000=grpc');
    expect(declared(object)).to.deep.equal({ 'inbound|9000||': 'HTTP2' });
  });

  it('may be declared auto, by the setting alone', () => {
    const object = withPorts([{ name: 'auto', containerPort: 8080 }], '9090=auto');
    expect(declared(object)).to.deep.equal({ 'inbound|9090||': 'AUTO' });
  });

  it('are told by the first of two names for one port', () => {
    const ports = [
      { name: 'http', containerPort: 8080 },
      { name: 'grpc', containerPort: 8080 },
    ];
    expect(declared(withPorts(ports))).to.deep.equal({ 'inbound|8080||': 'AUTO' });
  });

  for (const ports of [
    [{ name: 'http', containerPort: 80, protocol: 'UDP' }],
    [{ name: 'http', containerPort: 80000 }],
    [{ name: 'http' }],
    [{ name: 7, containerPort: 80 }],
    null,
  ]) {
    it(`are none in ${JSON.stringify(ports)}`, () => {
      expect(declared(withPorts(ports))).to.deep.equal({});
    });
  }

  it('are never the port that captures inbound connections: two filter chains cannot match the same', () => {
    expect(declared(withPorts([], '15006=http,15020=http'))).to.deep.equal({});
  });

  it('are the same after the injection', () => {
    const injected = inject(withPorts([{ name: 'http', containerPort: 8080 }]));
    expect(review(injected).answer.kind).to.equal('allowed');
  });

  const protocols = (count: number) =>
    Array.from({ length: count }, (_, index) => `${10000 + index}=http`).join(',');

  it('are at most 32, which fit into an argument beside 30 TCP probes', () => {
    const object = withPorts([], protocols(32));
    const probe = { tcpSocket: { port: 10000 }, periodSeconds: 3600, timeoutSeconds: 3600 };
    object.spec.containers = Array.from({ length: 10 }, (_, index) => ({
      name: `c${index}`,
      startupProbe: probe,
      livenessProbe: probe,
      readinessProbe: probe,
    }));
    expect(Object.keys(declared(object))).to.have.lengthOf(32);
    expect(denial(withPorts([], protocols(33)))).to.equal(
      'outrider: inbound-protocol: HTTP is declared on 33 ports, by it or by their names, the most is 32; declare some as tcp',
    );
  });

  it('fit in as 24 where their requests are logged and traced', () => {
    const object = withPorts([], protocols(24));
    object.metadata.annotations['outrider.io/access-log'] = 'json';
    object.metadata.annotations['outrider.io/tracing-endpoint'] =
      'opentelemetry-collector.observability.svc.cluster.local:4317';
    expect(Object.keys(declared(object))).to.have.lengthOf(24);
  });
});
