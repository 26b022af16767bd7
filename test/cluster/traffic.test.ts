import { expect } from 'chai';
import { startProgram } from '../net/program.ts';
import { countersMovedBy, readCounters } from './envoy-counters.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { busybox, inApp, listOf, podAddresses, podManifest, readyColumn, runPods } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const [meshed, plain] = ['traffic-meshed', 'traffic-plain'];

/** Answers with who it is and from where the connection came, as it sees it. */
const whoServer = `
mkdir -p /tmp/www/cgi-bin
cat >/tmp/www/cgi-bin/who <<'END'
#!/bin/sh
printf 'Content-Type: text/plain\\r\\n\\r\\n'
echo "$HOSTNAME saw $REMOTE_ADDR"
END
chmod +x /tmp/www/cgi-bin/who
httpd -f -p '[::]:8080' -h /tmp/www`;

const service = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: {
    selector: { app: name },
    ipFamilyPolicy: 'PreferDualStack',
    ports: [{ port: 80, targetPort: 8080 }],
  },
});

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

describe('traffic on a real cluster', () => {
  const cluster = useOutrider();
  useNamespace(cluster, meshed);
  useNamespace(cluster, plain);

  const fetchWho = (from: [string, string], host: string, port = 8080): Promise<string> =>
    inApp(cluster(), ...from, `timeout 5 wget -q -O - http://${bracketed(host)}:${port}/cgi-bin/who`);
  const moved = (pod: string, action: () => Promise<unknown>) =>
    countersMovedBy(cluster(), meshed, pod, action);

  before(async function () {
    this.timeout(120_000);
    await kubectl(cluster(), ['label', 'namespace', meshed, 'outrider.io/injection=enabled']);
    for (const namespace of [meshed, plain]) {
      await kubectl(cluster(), ['-n', namespace, 'apply', '-f', '-'], {
        input: listOf([service('web'), service('transparent')]),
      });
      await runPods(cluster(), namespace, [{ name: 'web', script: whoServer }]);
    }
    const annotations = {
      'outrider.io/redirect-mode': 'tproxy',
      'outrider.io/inbound-protocol': '8081=http',
    };
    await runPods(cluster(), meshed, [
      { name: 'client' },
      { name: 'transparent', annotations, script: `${whoServer} & exec httpd -f -p '[::]:8081' -h /tmp/www` },
    ]);
    expect(await readyColumn(cluster(), meshed)).to.deep.equal({
      ...{ web: '2/2', client: '2/2' },
      transparent: '2/2',
    });
  });

  for (const [index, family] of ['IPv4', 'IPv6'].entries()) {
    describe(`over ${family}`, () => {
      before(function () {
        if (index === 1 && cluster().families !== 'dual') this.skip();
      });
      const address = async (namespace: string, pod: string): Promise<string> =>
        (await podAddresses(cluster(), namespace, pod))[index] ?? '';
      const passthroughSource = ['127.0.0.6', '::6'][index] ?? '';

      it('comes in through the proxy: the application sees the passthrough source', async () => {
        const host = await address(meshed, 'web');
        let answer = '';
        const counters = await moved('web', async () => {
          answer = await fetchWho([plain, 'web'], host);
        });
        expect(answer).to.contain('web saw').and.to.contain(passthroughSource);
        expect(counters).to.deep.equal({
          InboundPassthroughCluster: 1,
          PassthroughCluster: 0,
          BlackHoleCluster: 0,
        });
      });

      it("comes in from the peer's own address where the pod asks for it, on ports of bytes and of HTTP", async () => {
        const [host, peer] = [await address(meshed, 'transparent'), await address(plain, 'web')];
        for (const [port, bytes] of [
          [8080, 1],
          [8081, 0],
        ] as const) {
          let answer = '';
          const counters = await moved('transparent', async () => {
            answer = await fetchWho([plain, 'web'], host, port);
          });
          expect(answer).to.contain('transparent saw').and.to.contain(peer);
          expect(counters).to.deep.include({
            InboundPassthroughCluster: bytes,
            PassthroughCluster: 0,
            BlackHoleCluster: 0,
          });
        }
      });

      it('goes out from there as from any other pod, and to a Service of its own pod', async () => {
        const target = await address(plain, 'web');
        const counters = await moved('transparent', async () => {
          expect(await fetchWho([meshed, 'transparent'], target))
            .to.contain('web saw')
            .and.to.contain(await address(meshed, 'transparent'));
          const path = `jsonpath={.spec.clusterIPs[${index}]}`;
          const own = await kubectl(cluster(), ['-n', meshed, 'get', 'service', 'transparent', '-o', path]);
          expect(await fetchWho([meshed, 'transparent'], own, 80)).to.contain('transparent saw');
        });
        expect(counters).to.deep.include({ InboundPassthroughCluster: 1, PassthroughCluster: 2 });
      });

      it('goes out through the proxy, to where the application dialled, from the address of the pod', async () => {
        const host = await address(plain, 'web');
        let answer = '';
        const counters = await moved('client', async () => {
          answer = await fetchWho([meshed, 'client'], host);
        });
        expect(answer)
          .to.contain('web saw')
          .and.to.contain(await address(meshed, 'client'));
        expect(counters).to.deep.equal({
          InboundPassthroughCluster: 0,
          PassthroughCluster: 1,
          BlackHoleCluster: 0,
        });
      });

      it('goes from sidecar to sidecar', async () => {
        const host = await address(meshed, 'web');
        const inbound = await moved('web', async () => {
          const outbound = await moved('client', () => fetchWho([meshed, 'client'], host));
          expect(outbound.PassthroughCluster).to.equal(1);
        });
        expect(inbound.InboundPassthroughCluster).to.equal(1);
      });

      it('reaches a Service of its own pod through both directions of the proxy', async () => {
        const path = `jsonpath={.spec.clusterIPs[${index}]}`;
        const clusterIp = await kubectl(cluster(), ['-n', meshed, 'get', 'service', 'web', '-o', path]);
        let answer = '';
        const counters = await moved('web', async () => {
          answer = await fetchWho([meshed, 'web'], clusterIp, 80);
        });
        expect(answer).to.contain('web saw').and.to.contain(passthroughSource);
        expect(counters).to.deep.equal({
          InboundPassthroughCluster: 1,
          PassthroughCluster: 1,
          BlackHoleCluster: 0,
        });
      });

      it('is left alone on localhost and to the own address of the pod', async () => {
        const counters = await moved('web', async () => {
          for (const host of [['127.0.0.1', '::1'][index] ?? '', await address(meshed, 'web')]) {
            expect(await fetchWho([meshed, 'web'], host))
              .to.contain('web saw')
              .and.to.contain(host);
          }
        });
        expect(counters).to.deep.equal({
          InboundPassthroughCluster: 0,
          PassthroughCluster: 0,
          BlackHoleCluster: 0,
        });
      });

      it('ends in the black hole when it is made to a capture port itself, from inside and from outside', async () => {
        const host = await address(meshed, 'web');
        const counters = await moved('web', async () => {
          for (const from of [
            [meshed, 'web'],
            [plain, 'web'],
          ] as [string, string][]) {
            for (const port of [15001, 15006]) {
              const refused = await fetchWho(from, host, port).then(
                () => 'answered',
                () => 'refused',
              );
              expect(refused, `${from.join('/')} to ${port}`).to.equal('refused');
            }
          }
        });
        expect(counters.BlackHoleCluster).to.equal(4);
        expect(counters.PassthroughCluster).to.equal(0);
        expect(
          counters.InboundPassthroughCluster,
          'the port 15001 dialled from outside: one hop, then the hole',
        ).to.be.at.most(1);
      });
    });
  }

  it('reaches the API server through the proxy', async () => {
    // Plain HTTP, which a TLS server answers with an error of its own: it is the API server that was reached.
    const script =
      "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 $KUBERNETES_SERVICE_HOST $KUBERNETES_SERVICE_PORT";
    let answer = '';
    const counters = await moved('client', async () => {
      answer = await inApp(cluster(), meshed, 'client', script);
    });
    expect(answer).to.contain('Client sent an HTTP request to an HTTPS server');
    expect(counters.PassthroughCluster).to.equal(1);
  });

  it('flows for an init container of the application, which starts after the redirection', async () => {
    const [host = ''] = await podAddresses(cluster(), plain, 'web');
    const { spec } = podManifest({ name: 'needs-network' }) as { spec: { containers: object[] } };
    const initContainers = [
      {
        ...busybox,
        name: 'fetch',
        command: ['sh', '-c', `timeout 5 wget -q -O - http://${host}:8080/cgi-bin/who`],
      },
    ];
    await runPods(cluster(), meshed, [{ name: 'needs-network', spec: { ...spec, initContainers } }]);
    const logs = await kubectl(cluster(), ['-n', meshed, 'logs', 'needs-network', '-c', 'fetch']);
    expect(logs).to.contain('web saw');
    // The pod's only connection so far is the one that its init container made.
    expect((await readCounters(cluster(), meshed, 'needs-network')).PassthroughCluster).to.equal(1);
  });

  it('lets a Job complete, although the proxy would run for ever', async () => {
    const [host = ''] = await podAddresses(cluster(), plain, 'web');
    const command = ['sh', '-c', `timeout 5 wget -q -O - http://${host}:8080/cgi-bin/who`];
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'once' },
      spec: {
        template: { spec: { restartPolicy: 'Never', containers: [{ ...busybox, name: 'app', command }] } },
      },
    };
    await kubectl(cluster(), ['-n', meshed, 'create', '-f', '-'], { input: JSON.stringify(job) });
    await kubectl(cluster(), ['-n', meshed, 'wait', '--for=condition=Complete', '--timeout=60s', 'job/once']);
    expect(await kubectl(cluster(), ['-n', meshed, 'logs', 'job/once', '-c', 'app'])).to.contain('web saw');
    const names = 'jsonpath={.items[0].spec.initContainers[*].name}';
    const injected = await kubectl(cluster(), [
      '-n',
      meshed,
      'get',
      'pods',
      '-l',
      'job-name=once',
      '-o',
      names,
    ]);
    expect(injected).to.equal('outrider-proxy outrider-init');
  });

  it('leaves kubectl exec, logs and port-forward working', async () => {
    expect(await inApp(cluster(), meshed, 'web', 'echo here')).to.equal('here');
    await inApp(cluster(), meshed, 'web', 'echo said >/proc/1/fd/1');
    expect(await kubectl(cluster(), ['-n', meshed, 'logs', 'web', '-c', 'app'])).to.contain('said');

    const { kubectl: program, kubeconfig } = cluster();
    const forward = startProgram(program, ['-n', meshed, 'port-forward', 'pod/web', ':8080'], {
      env: { KUBECONFIG: kubeconfig },
    });
    try {
      const [, port] = /127\.0\.0\.1:(\d+) ->/.exec(await forward.nextLine()) ?? [];
      const response = await fetch(`http://127.0.0.1:${port}/cgi-bin/who`);
      expect(await response.text()).to.contain('web saw');
    } finally {
      await forward.stop();
    }
  });
});
