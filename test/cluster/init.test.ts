import { expect } from 'chai';
import { countersMovedBy } from './envoy-counters.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { inApp, podAddresses, podManifest, readyColumn, runPods } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const [enabled, none] = ['init-enabled', 'init-none'];

interface Container {
  readonly name: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly object[];
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly initContainers: readonly Container[] };
}

describe('the init container on a real cluster', () => {
  const cluster = useOutrider();
  useNamespace(cluster, enabled);
  useNamespace(cluster, none);

  before(async () => {
    await kubectl(cluster(), ['label', 'namespace', enabled, 'outrider.io/injection=enabled']);
    await runPods(cluster(), none, [
      { name: 'web', script: 'mkdir /www; exec httpd -f -p "[::]:8080" -h /www' },
    ]);
  });

  /** A pod as the webhook makes it, with an init container that `change` has altered, where no webhook sees it. */
  const runAltered = async (name: string, change: (init: Container) => Container): Promise<void> => {
    const dryRun = ['-n', enabled, 'create', '--dry-run=server', '-o', 'json', '-f', '-'];
    const input = JSON.stringify(podManifest({ name }));
    const { metadata, spec } = JSON.parse(await kubectl(cluster(), dryRun, { input })) as Pod;
    const initContainers = spec.initContainers.map((one) =>
      one.name === 'outrider-init' ? change(one) : one,
    );
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: metadata.name },
      spec: { ...spec, initContainers },
    };
    await kubectl(cluster(), ['-n', none, 'create', '-f', '-'], { input: JSON.stringify(pod) });
    await kubectl(cluster(), ['-n', none, 'wait', '--for=condition=Ready', '--timeout=60s', `pod/${name}`]);
    expect(await readyColumn(cluster(), none)).to.include({ [name]: '2/2' });
  };

  /** That a connection of the pod's, in each family, goes through its proxy. */
  const expectCaptured = async (pod: string): Promise<void> => {
    const addresses = await podAddresses(cluster(), none, 'web');
    const counters = await countersMovedBy(cluster(), none, pod, async () => {
      for (const address of addresses) {
        const url = `http://${address.includes(':') ? `[${address}]` : address}:8080/`;
        await inApp(cluster(), none, pod, `timeout 5 wget -q -O /dev/null ${url} 2>&1 | true`);
      }
    });
    expect(counters.PassthroughCluster).to.equal(addresses.length);
  };

  for (const backend of ['nft', 'legacy', 'nftables']) {
    it(`captures with the backend ${backend} where that is asked for`, async () => {
      const variable = { name: 'OUTRIDER_BACKEND', value: backend };
      await runAltered(backend, (init) => ({ ...init, env: [...(init.env ?? []), variable] }));
      await expectCaptured(backend);
    });
  }

  it('captures when it ran before: the kubelet starts it again after a failure that came late', async () => {
    const attempt = 'outrider-init apply --wait-proxy 60 || exit 1';
    // The rules of the first run are still there; that run then fails for a reason of its own.
    const script = `outrider-init verify >/dev/null && again=yes; ${attempt}; [ "$again" = yes ]`;
    await runAltered('again', ({ args: _args, ...init }) => ({ ...init, command: ['sh', '-c', script] }));
    const path = 'jsonpath={.status.initContainerStatuses[?(@.name=="outrider-init")].restartCount}';
    expect(await kubectl(cluster(), ['-n', none, 'get', 'pod', 'again', '-o', path])).to.equal('1');
    await expectCaptured('again');
  });
});
