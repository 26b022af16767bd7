import type { Cluster } from './cluster.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { busybox, podAddresses, runPods } from './pods.ts';

/** Containers that call a server outside of their pod, and say what their proxy has passed on by then. */
export interface Calling {
  /** A shell script that calls, prints `passed on: ` and the number of connections so far, and ends. */
  script(): string;
  /** A container `app` that calls and lives on. */
  app(more?: object): object;
}

/** Gives the suite a server in a namespace of its own, without proxy, and containers that call it. */
export function useCalling(cluster: () => Cluster, namespace: string): Calling {
  useNamespace(cluster, namespace);
  let address = '';
  before(async function () {
    this.timeout(120_000);
    const script = 'mkdir /www; echo hello >/www/index.html; exec httpd -f -p "[::]:8080" -h /www';
    await runPods(cluster(), namespace, [{ name: 'web', script }]);
    [address = ''] = await podAddresses(cluster(), namespace, 'web');
  });
  const script = (): string => `
    timeout 5 wget -q -O /dev/null http://${address}:8080/ || exit 1
    timeout 5 wget -q -O - http://127.0.0.1:15090/stats/prometheus |
      sed -n 's/^envoy_cluster_upstream_cx_total{envoy_cluster_name="PassthroughCluster"} /passed on: /p'`;
  return {
    script,
    app: (more = {}) => ({
      ...busybox,
      name: 'app',
      command: ['sh', '-c', `${script()}; trap exit TERM; while sleep 1; do :; done`],
      ...more,
    }),
  };
}

/** Labels the namespace, and lets its proxies ask for little: the node is small. */
export async function enableInjection(cluster: Cluster, namespace: string): Promise<void> {
  await kubectl(cluster, ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
  await kubectl(cluster, ['annotate', 'namespace', namespace, 'outrider.io/proxy-cpu=10m']);
}

/** A workload's selector and template of pods with these containers. */
export const template = (name: string, containers: object[]): object => ({
  selector: { matchLabels: { app: name } },
  template: { metadata: { labels: { app: name } }, spec: { terminationGracePeriodSeconds: 1, containers } },
});
