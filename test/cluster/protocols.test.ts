import { expect } from 'chai';
import { envoyApp, envoyClient } from './envoy-app.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { podAddresses, runPods } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const [meshed, plain] = ['protocols-meshed', 'protocols-plain'];
const ports = { http: 8080, 'grpc-shop': 9000, shop: 7000 } as const;

describe('protocols that the names of ports declare, on a real cluster', () => {
  const cluster = useOutrider();
  useNamespace(cluster, meshed);
  useNamespace(cluster, plain);

  before(async function () {
    this.timeout(120_000);
    await kubectl(cluster(), ['label', 'namespace', meshed, 'outrider.io/injection=enabled']);
    await runPods(cluster(), meshed, [{ name: 'shop', spec: { containers: [envoyApp(ports)] } }]);
    const [address = ''] = await podAddresses(cluster(), meshed, 'shop');
    await runPods(cluster(), plain, [
      { name: 'caller', spec: { containers: [envoyClient(address, ports)] } },
    ]);
  });

  /** As the API server asks a port of a pod. */
  const get = (namespace: string, pod: string, port: number, path: string): Promise<string> =>
    kubectl(cluster(), ['get', '--raw', `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy${path}`]);
  /** Connections that the pod's proxy made to its application: as bytes, and as HTTP. */
  const connections = async (): Promise<{ bytes: number; http: number }> => {
    const metrics = await get(meshed, 'shop', 15090, '/stats/prometheus');
    const value = (name: string): number =>
      Number(
        new RegExp(`^envoy_cluster_upstream_cx_total\\{envoy_cluster_name="${name}"\\} (\\d+)$`, 'm').exec(
          metrics,
        )?.[1],
      );
    return {
      bytes: value('InboundPassthroughCluster'),
      http: value('InboundPassthroughHttpCluster'),
    };
  };

  it('have a chain in the proxy of each pod, for each of them', async () => {
    const path = 'jsonpath={.spec.initContainers[?(@.name=="outrider-proxy")].args[1]}';
    const bootstrap = JSON.parse(await kubectl(cluster(), ['-n', meshed, 'get', 'pod', 'shop', '-o', path]));
    const [, inbound] = bootstrap.static_resources.listeners;
    const names = inbound.filter_chains.map(({ name }: { name: string }) => name);
    expect(names).to.deep.equal(['virtualInbound-blackhole', 'inbound|8080||', 'inbound|9000||']);
  });

  for (const { says, port, caller, counted } of [
    { says: 'HTTP/1.1 to the port `http`', port: ports.http, caller: 10000, counted: { bytes: 0, http: 1 } },
    { says: 'HTTP/2 to the port `http`', port: ports.http, caller: 10001, counted: { bytes: 0, http: 1 } },
    {
      says: 'HTTP/2 to the port `grpc-shop`',
      port: ports['grpc-shop'],
      caller: 10002,
      counted: { bytes: 0, http: 1 },
    },
    {
      says: 'HTTP/2 to a port whose name says nothing',
      port: ports.shop,
      caller: 10003,
      counted: { bytes: 1, http: 0 },
    },
  ]) {
    it(`carry ${says}`, async () => {
      const before = await connections();
      expect(await get(plain, 'caller', caller, '/')).to.equal(`hello from ${port}`);
      const after = await connections();
      expect({ bytes: after.bytes - before.bytes, http: after.http - before.http }).to.deep.equal(counted);
    });
  }
});
