import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { paths } from '../../webhook/server/app.ts';
import { type ClientCertificate, clientAuthority, signingWith } from '../webhook/certificates/clients.ts';
import { pod } from '../webhook/pods.ts';
import { reviewOf } from '../webhook/server/server.ts';
import { useApi } from './api.ts';
import { ownNamespace, readSecret } from './certificate-state.ts';
import { dryRunCreate } from './dry-run.ts';
import { useNamespace } from './fixture.ts';
import { kubectl, kubectlBoth } from './kubectl.ts';
import { waitForOldReplicas, waitForWebhook } from './outrider.ts';
import { podManifest, readyColumn, runPods } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';
import { readMetrics, readReviews } from './webhook-metrics.ts';

const namespace = 'client-certificates';
const manifests = join(import.meta.dirname, '../../manifests');
const patience = (): AbortSignal => AbortSignal.timeout(120_000);
/** kube-proxy learns of a Service's port a moment after the API server. */
async function takesConnections(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 1_000 });
  const taken = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'timeout').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return taken;
}

const webhookPods = ['pods', '-l', 'app.kubernetes.io/component=webhook'];

describe('a webhook that answers the API server alone', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);
  const api = useApi(cluster);
  const run = (...args: string[]): Promise<string> => kubectl(cluster(), [...ownNamespace, ...args]);
  const pki = (file: string): Promise<string> =>
    readFile(join(dirname(cluster().kubeconfig), 'pki', file), 'utf8');

  let [current, next] = ['', ''];
  const setAuthorities = async (...authorities: string[]): Promise<void> => {
    const input = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'outrider-client-ca', namespace: 'outrider-system' },
      data: { 'ca.crt': authorities.join('') },
    });
    await kubectl(cluster(), ['apply', '-f', '-'], { input });
  };
  const loads = async (): Promise<number[]> =>
    (await readMetrics(api)).map((text) =>
      Number(/^outrider_client_ca_loads_total\{result="taken"\} (\d+)$/m.exec(text)?.[1] ?? 0),
    );
  /** Settles once every replica has taken them. */
  const replaceAuthorities = async (...authorities: string[]): Promise<void> => {
    const before = await loads();
    await setAuthorities(...authorities);
    // The kubelet looks at volumes about once a minute, and at once where the pod changes.
    await run('annotate', '--overwrite', ...webhookPods, `test/looked-at=${Date.now()}`);
    await until(
      async () => (await loads()).every((count, index) => count > (before[index] ?? 0)),
      patience(),
    );
  };
  const installWith = async (component: string): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'outrider-test-'));
    const from = (...path: string[]): string => relative(folder, join(manifests, ...path));
    const overlay = { resources: [from()], components: [from(component)] };
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
    await kubectl(cluster(), ['apply', '-k', folder]);
    await rm(folder, { recursive: true });
  };
  const review = async (): Promise<string> => {
    const created = await dryRunCreate(cluster(), namespace, podManifest({ name: 'asked' }));
    return created.refusal ?? `${created.pod.spec.initContainers?.[0]?.name}`;
  };
  const reviewBecomes = async (wanted: string): Promise<void> => {
    let last = '';
    const isSo = async (): Promise<boolean> => {
      last = await review();
      return last.includes(wanted);
    };
    await until(isSo, AbortSignal.timeout(60_000)).catch(() => undefined);
    expect(last).to.contain(wanted);
  };

  before(async function () {
    this.timeout(300_000);
    // In a cluster of kind nobody has told the API server to show a certificate.
    if (cluster().provider !== 'local') this.skip();
    [current, next] = await Promise.all([pki('webhook-clients-ca.crt'), pki('webhook-clients-next-ca.crt')]);
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
    await setAuthorities(current);
    await installWith('client-certificates');
    await waitForWebhook(cluster());
    await waitForOldReplicas(cluster());
  });
  after(async function () {
    this.timeout(300_000);
    if (cluster().provider !== 'local') return;
    await kubectl(cluster(), ['apply', '-k', manifests]);
    await waitForWebhook(cluster());
    await waitForOldReplicas(cluster());
    await run('delete', 'configmap', 'outrider-client-ca');
  });

  it('injects pods, and warns at workloads', async () => {
    await runPods(cluster(), namespace, [{ name: 'injected' }]);
    expect(await readyColumn(cluster(), namespace)).to.deep.equal({ injected: '2/2' });
    const { metadata, spec } = podManifest({
      name: 'warned',
      annotations: { 'outrider.io/proxy-cpu': 'much' },
    }) as { metadata: object; spec: object };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'warned' },
      spec: { selector: { matchLabels: { app: 'warned' } }, template: { metadata, spec } },
    };
    const create = ['-n', namespace, 'create', '--dry-run=server', '-f', '-'];
    const { stderr } = await kubectlBoth(cluster(), create, { input: JSON.stringify(deployment) });
    expect(stderr).to.contain('Warning: outrider: its pods will be refused');
  }).timeout(180_000);

  describe('refuses, without a review,', () => {
    const authorities = async (): Promise<string> => (await readSecret(cluster()))?.['ca.crt'] ?? '';
    /** As a pod would by the pod network, at each replica: the statuses of the answers. */
    const askEach = async (client: Partial<ClientCertificate>): Promise<(number | undefined)[]> => {
      const addresses = await run('get', ...webhookPods, '-o', 'jsonpath={.items[*].status.podIP}');
      const ca = await authorities();
      return await Promise.all(
        addresses.split(' ').map(async (host) => {
          const servername = 'outrider-webhook.outrider-system.svc';
          const path = paths.enabledNamespace;
          const headers = { 'content-type': 'application/json' };
          const options = { host, port: 8443, servername, ca, path, headers, agent: false, ...client };
          const sent = request({ ...options, method: 'POST' }).end(reviewOf(pod()));
          const [response] = await once(sent, 'response');
          response.resume();
          return response.statusCode;
        }),
      );
    };

    it("answers the holder of the API server's certificate: nothing else stands in the way", async () => {
      const client = { cert: await pki('webhook-clients.crt'), key: await pki('webhook-clients.key') };
      expect(await askEach(client)).to.deep.equal([200, 200]);
    });

    for (const [what, issue] of [
      ['who has no certificate', async () => ({})],
      [
        'who has one of another CA',
        async () => (await clientAuthority('outrider-test-ca')).issue('/CN=kube-apiserver'),
      ],
      [
        "who has one of the cluster's own CA, as the kubelet has",
        async () => ({
          cert: await pki('apiserver-kubelet-client.crt'),
          key: await pki('apiserver-kubelet-client.key'),
        }),
      ],
      [
        'who has one of the right CA for another name',
        async () => {
          const authority = { cert: current, key: await pki('webhook-clients-ca.key') };
          return await signingWith(authority).issue('/CN=mallory');
        },
      ],
    ] as const) {
      it(what, async () => {
        const before = await readReviews(api);
        expect(await askEach(await issue())).to.deep.equal([403, 403]);
        expect(await readReviews(api)).to.deep.equal(before);
      });
    }

    it('who has the API server itself pass a review on to a pod', async () => {
      const list = JSON.parse(await run('get', ...webhookPods, '-o', 'json'));
      const path = `/api/v1/namespaces/outrider-system/pods/https:${list.items[0].metadata.name}:8443/proxy`;
      const { status, text } = await api(
        'POST',
        `${path}${paths.enabledNamespace}`,
        JSON.parse(reviewOf(pod())),
      );
      expect(status).to.equal(403);
      expect(text).to.contain('outrider: client refused: show a client certificate');
    });
  });

  it('says to who wants a pod that the API server shows a certificate that is not trusted', async () => {
    await replaceAuthorities(next);
    await reviewBecomes(
      'outrider: client refused: the client certificate is of no CA in the file of --client-ca-file',
    );
    await replaceAuthorities(current);
    await reviewBecomes('outrider-proxy');
  }).timeout(300_000);

  it('refuses no pod while the CA of the API server is replaced', async () => {
    const service = ['patch', 'service', 'outrider-webhook', '--type=json', '-p'];
    const configuration = ['patch', 'mutatingwebhookconfiguration', 'outrider-webhook', '--type=json', '-p'];
    /** At the other port it shows the certificate of the next CA. */
    const callAt = async (port: number): Promise<void> => {
      const patch = [0, 1].map((index) => ({
        op: 'add',
        path: `/webhooks/${index}/clientConfig/service/port`,
        value: port,
      }));
      await kubectl(cluster(), [...configuration, JSON.stringify(patch)]);
    };
    const other = { name: 'next', port: 444, targetPort: 'https' };
    await run(...service, JSON.stringify([{ op: 'add', path: '/spec/ports/-', value: other }]));
    const address = await run('get', 'service', 'outrider-webhook', '-o', 'jsonpath={.spec.clusterIP}');
    await until(() => takesConnections(address, other.port), patience());
    const answers: string[] = [];
    let stopped = false;
    const asking = (async () => {
      while (!stopped) {
        answers.push(await review());
        await setTimeout(50);
      }
    })();
    try {
      await replaceAuthorities(current, next);
      await callAt(444);
      await setTimeout(2_000);
      await replaceAuthorities(next);
      await setTimeout(2_000);
    } finally {
      stopped = true;
      await asking;
      await setAuthorities(current, next);
      await callAt(443);
      await run(...service, JSON.stringify([{ op: 'remove', path: '/spec/ports/1' }]));
    }
    expect(answers.length).to.be.above(20);
    expect([...new Set(answers)]).to.deep.equal(['outrider-proxy']);
    await replaceAuthorities(current);
    await reviewBecomes('outrider-proxy');
  }).timeout(400_000);
});
