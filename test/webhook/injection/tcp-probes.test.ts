import { expect } from 'chai';
import { type AnyPod, denial, inject, pod, review, type Surroundings } from '../pods.ts';

/** What the kubelet asks in place of a `tcpSocket` to the port that the author wrote. */
const asked = (index: number, written: string): object => ({
  path: `/probe/${index}`,
  port: 15020,
  scheme: 'HTTP',
  httpHeaders: [{ name: 'Outrider-Tcp-Port', value: written }],
});

const withProbe = (livenessProbe: object, container: object = {}): AnyPod =>
  pod({ spec: { containers: [{ name: 'shop', image: 'shop:1', livenessProbe, ...container }] } });

const probed = (injected: AnyPod): AnyPod => injected.spec.containers[0].livenessProbe;

interface Cluster {
  readonly name: string;
  readonly health_checks: { timeout: string; interval: string; no_traffic_healthy_interval: string }[];
}

/** The clusters of the pod's proxy that answer probes. */
function answering(injected: AnyPod): Cluster[] {
  const bootstrap = JSON.parse(injected.spec.initContainers[0].args[1]);
  return bootstrap.static_resources.clusters.filter(({ name }: Cluster) => name.startsWith('probe|'));
}

const names = (injected: AnyPod): string[] => answering(injected).map(({ name }) => name);

describe('a TCP probe', () => {
  it('is handed to the proxy, which asks the port in its period and with its timeout', () => {
    const injected = inject(withProbe({ tcpSocket: { port: 8080 }, periodSeconds: 20, timeoutSeconds: 3 }));
    expect(probed(injected)).to.deep.equal({
      httpGet: asked(0, '8080'),
      periodSeconds: 20,
      timeoutSeconds: 3,
    });
    const [cluster] = answering(injected);
    expect(cluster?.name).to.equal('probe|0|8080');
    expect(cluster?.health_checks[0]).to.include({
      timeout: '3s',
      interval: '20s',
      no_traffic_healthy_interval: '20s',
    });
  });

  it('has the period and timeout of Kubernetes where it says none', () => {
    const [cluster] = answering(inject(withProbe({ tcpSocket: { port: 8080 } })));
    expect(cluster?.health_checks[0]).to.include({ timeout: '1s', no_traffic_healthy_interval: '10s' });
  });

  for (const seconds of [0, -1, 1.5, 2 ** 31, 1e300, '5', null]) {
    it(`has them, too, where it says what Kubernetes does not take: ${JSON.stringify(seconds)}`, () => {
      const probe = { tcpSocket: { port: 8080 }, periodSeconds: seconds, timeoutSeconds: seconds };
      const [cluster] = answering(inject(withProbe(probe)));
      expect(cluster?.health_checks[0]).to.include({ timeout: '1s', interval: '10s' });
    });
  }

  it('keeps everything else that it says, fields of a later Kubernetes included', () => {
    const rest = {
      initialDelaySeconds: 7,
      periodSeconds: 5,
      successThreshold: 1,
      failureThreshold: 30,
      terminationGracePeriodSeconds: 60,
      fieldOfTomorrow: { a: [null] },
    };
    const injected = inject(withProbe({ ...rest, tcpSocket: { port: 8080 } }));
    expect(probed(injected)).to.deep.equal({ ...rest, httpGet: asked(0, '8080') });
  });

  it('finds the port by its name among those of its own container', () => {
    const injected = inject(
      pod({
        spec: {
          containers: [
            { name: 'a', ports: [{ name: 'web', containerPort: 8080 }] },
            {
              name: 'b',
              ports: [{ containerPort: 1 }, { name: 'web', containerPort: 9090 }],
              readinessProbe: { tcpSocket: { port: 'web' } },
            },
          ],
        },
      }),
    );
    expect(injected.spec.containers[1].readinessProbe).to.deep.equal({ httpGet: asked(0, 'web') });
    expect(names(injected)).to.deep.equal(['probe|0|9090']);
  });

  it('is counted in the order of the pod: init containers first, and startup, liveness, readiness', () => {
    const tcp = (port: number): object => ({ tcpSocket: { port } });
    const injected = inject(
      pod({
        spec: {
          containers: [
            { name: 'a', readinessProbe: tcp(3), livenessProbe: tcp(2), startupProbe: tcp(1) },
            { name: 'b', livenessProbe: { httpGet: { path: '/', port: 8080 } } },
            { name: 'c', readinessProbe: tcp(4) },
          ],
          initContainers: [{ name: 'cache', restartPolicy: 'Always', startupProbe: tcp(6379) }],
        },
      }),
    );
    const [a, , c] = injected.spec.containers;
    expect(injected.spec.initContainers[2].startupProbe.httpGet.path).to.equal('/probe/0');
    expect(a.startupProbe.httpGet.path).to.equal('/probe/1');
    expect(a.livenessProbe.httpGet.path).to.equal('/probe/2');
    expect(a.readinessProbe.httpGet.path).to.equal('/probe/3');
    expect(c.readinessProbe.httpGet.path).to.equal('/probe/4');
    expect(names(injected)).to.deep.equal([
      'probe|0|6379',
      'probe|1|1',
      'probe|2|2',
      'probe|3|3',
      'probe|4|4',
    ]);
  });

  it('is one of the pod itself where its host is empty', () => {
    expect(probed(inject(withProbe({ tcpSocket: { port: 8080, host: '' } })))).to.deep.equal({
      httpGet: asked(0, '8080'),
    });
  });

  for (const [what, probe, annotations] of [
    ['it asks another host', { tcpSocket: { port: 8080, host: '10.0.0.1' } }, {}],
    ['its port is excluded', { tcpSocket: { port: 8080 } }, { 'exclude-inbound-ports': '8000-8100' }],
    [
      'its port is not among the captured',
      { tcpSocket: { port: 8080 } },
      { 'include-inbound-ports': '80,443' },
    ],
    ['nothing is captured', { tcpSocket: { port: 8080 } }, { 'include-inbound-ports': '' }],
    ['its port is no port', { tcpSocket: { port: 70000 } }, {}],
    ['its port is a number in quotes', { tcpSocket: { port: '8080' } }, {}],
    ['the container has no port by its name', { tcpSocket: { port: 'nowhere' } }, {}],
    ['it says more than Kubernetes knows today', { tcpSocket: { port: 8080, tomorrow: true } }, {}],
    ['it has a second handler', { tcpSocket: { port: 8080 }, exec: { command: ['true'] } }, {}],
    ['it is HTTP', { httpGet: { path: '/', port: 8080, scheme: 'HTTP' } }, {}],
    ['it is gRPC', { grpc: { port: 8080, service: null } }, {}],
    ['it is a command', { exec: { command: ['true'] } }, {}],
    ['it is malformed', { tcpSocket: [], httpGet: 1 }, {}],
  ] as [string, object, Record<string, string>][]) {
    it(`is left alone where ${what}`, () => {
      const original = withProbe(probe);
      const settings = Object.entries(annotations).map(([key, value]) => [`outrider.io/${key}`, value]);
      const injected = inject(original, { annotations: Object.fromEntries(settings) });
      expect(injected.spec.containers).to.deep.equal(original.spec.containers);
      expect(names(injected)).to.deep.equal([]);
    });
  }

  it('is no matter of lifecycle handlers', () => {
    const lifecycle = { preStop: { tcpSocket: { port: 8080 } }, postStart: { tcpSocket: { port: 8080 } } };
    const injected = inject(pod({ spec: { containers: [{ name: 'shop', lifecycle }] } }));
    expect(injected.spec.containers[0].lifecycle).to.deep.equal(lifecycle);
    expect(names(injected)).to.deep.equal([]);
  });
});

describe('a TCP probe that has been handed to the proxy', () => {
  const original = pod({
    spec: {
      containers: [
        {
          name: 'shop',
          ports: [{ name: 'http', containerPort: 8080 }],
          livenessProbe: { tcpSocket: { port: 'http' } },
          readinessProbe: { tcpSocket: { port: 8080 } },
        },
        { name: 'other', startupProbe: { tcpSocket: { port: 9090 } } },
      ],
    },
  });

  it('is known again: a second injection changes nothing', () => {
    expect(review(inject(original)).answer).to.deep.equal({ kind: 'allowed' });
  });

  it('is given back, exactly, where its port is captured no longer', () => {
    const surroundings: Surroundings = { annotations: { 'outrider.io/include-inbound-ports': '' } };
    const again = inject(inject(original), surroundings);
    expect(again).to.deep.equal(inject(original, surroundings));
    expect(again.spec.containers).to.deep.equal(original.spec.containers);
  });

  it('is taken again where its port is captured again', () => {
    const none: Surroundings = { annotations: { 'outrider.io/include-inbound-ports': '' } };
    expect(inject(inject(inject(original), none))).to.deep.equal(inject(original));
  });

  it('is known without the proxy, which another webhook has removed', () => {
    const injected = inject(original);
    const changed = structuredClone(injected);
    changed.spec.initContainers.shift();
    expect(inject(changed)).to.deep.equal(injected);
  });

  it('is counted anew where another webhook added a container and a probe before it', () => {
    const other = { name: 'agent', livenessProbe: { tcpSocket: { port: 7070 } } };
    const changed = inject(original);
    changed.spec.containers.unshift(structuredClone(other));
    const fresh = structuredClone(original);
    fresh.spec.containers.unshift(other);
    expect(inject(changed)).to.deep.equal(inject(fresh));
    expect(names(inject(changed))[0]).to.equal('probe|0|7070');
  });

  it('follows the port of its name', () => {
    const changed = inject(original);
    changed.spec.containers[0].ports[0].containerPort = 8181;
    expect(names(inject(changed))).to.deep.equal(['probe|0|8181', 'probe|1|8080', 'probe|2|9090']);
  });

  it('gains nothing by being forged: it is the TCP probe that anybody may write', () => {
    const forged = withProbe({ httpGet: asked(7, '9999') });
    expect(inject(forged)).to.deep.equal(inject(withProbe({ tcpSocket: { port: 9999 } })));
  });
});

describe("a probe of the proxy's own ports", () => {
  const honest = asked(0, '8080');
  for (const [what, probe, port] of [
    ['HTTP on the port of the probes', { httpGet: { path: '/probe/0', port: 15020, scheme: 'HTTP' } }, 15020],
    ['a header that names no port', { httpGet: asked(0, '-') }, 15020],
    ['a header with the number of no port', { httpGet: asked(0, '65536') }, 15020],
    ['a number that is written otherwise', { httpGet: asked(0, '08080') }, 15020],
    ['another header', { httpGet: { ...honest, httpHeaders: [{ name: 'X', value: '8080' }] } }, 15020],
    ['another path', { httpGet: { ...honest, path: '/probe/x' } }, 15020],
    ['another scheme', { httpGet: { ...honest, scheme: 'HTTPS' } }, 15020],
    ['a field more', { httpGet: { ...honest, tomorrow: 1 } }, 15020],
    ['readiness', { httpGet: { path: '/healthz/ready', port: 15021 } }, 15021],
    ['gRPC', { grpc: { port: 15090 } }, 15090],
    ['TCP on a capture port', { tcpSocket: { port: 15006 } }, 15006],
    ['TCP on the port of the probes', { tcpSocket: { port: 15020 } }, 15020],
    ['TCP by way of the proxy', { httpGet: asked(0, '15001') }, 15001],
  ] as [string, object, number][]) {
    it(`is denied by name: ${what}`, () => {
      expect(denial(withProbe(probe))).to.equal(
        `outrider: container shop: livenessProbe asks port ${port}, which is the proxy's; ask one of the container's`,
      );
      expect(review(withProbe(probe)).reason).to.equal('reserved');
    });
  }

  it('is not denied where it asks another host', () => {
    const original = withProbe({ httpGet: { path: '/', port: 15020, host: '10.0.0.1' } });
    expect(inject(original).spec.containers).to.deep.equal(original.spec.containers);
  });
});
