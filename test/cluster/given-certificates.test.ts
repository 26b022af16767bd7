import { expect } from 'chai';
import { readCertificates } from '../../webhook/certificates/pem.ts';
import { chainOfOthers, givenAuthority } from '../webhook/certificates/given.ts';
import { useApi } from './api.ts';
import { ownNamespace, readBundles, readSerials, shownSerials } from './certificate-state.ts';
import { needsRoutesToPods } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { waitForWebhook } from './outrider.ts';
import { listOf, podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const patience = (): AbortSignal => AbortSignal.timeout(60_000);
const deployment = 'deployment/outrider-certificates';
const serialOf = (pem: string): string | undefined => readCertificates(pem)[0]?.serialNumber;

describe('certificates that others make', () => {
  const cluster = useOutrider();
  needsRoutesToPods(cluster);
  const api = useApi(cluster);

  const run = (args: readonly string[], input = ''): Promise<string> =>
    kubectl(cluster(), [...ownNamespace, ...args], { input });
  const setArguments = async (...value: string[]): Promise<void> => {
    const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/args', value }];
    await run(['patch', deployment, '--type=json', '-p', JSON.stringify(patch)]);
  };
  const secret = (name: string, { certificate, key }: { certificate: string; key: string }): string =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name },
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': certificate, 'tls.key': key },
    });
  const isInjected = async (): Promise<boolean> => {
    const pod = podManifest({ name: 'asked', labels: { 'outrider.io/inject': 'true' } });
    const { status, text } = await api('POST', '/api/v1/namespaces/default/pods?dryRun=All', pod);
    return status === 201 && text.includes('outrider-proxy');
  };

  afterEach(async function () {
    this.timeout(120_000);
    await setArguments('certificates');
    await run(['scale', deployment, '--replicas=1']);
    await run(['delete', 'secret', 'outrider-ca', '--ignore-not-found']);
    await waitForWebhook(cluster());
  });

  it('are of a CA that was given, and only used: an RSA key, and a name as people write them', async () => {
    const given = await givenAuthority('rsa');
    await setArguments('certificates', '--given-ca');
    // Between the two, the one before it may make a CA of its own, which the next lines take away.
    await run(['rollout', 'status', '--timeout=30s', deployment]).catch(() => undefined);
    await run(['delete', 'secret', 'outrider-ca', '--ignore-not-found']);
    await run(['create', '-f', '-'], secret('outrider-ca', given));
    await until(async () => {
      const { trusted, serving } = await readSerials(cluster());
      const shown = await shownSerials(cluster());
      const isTrusted = trusted.every((serials) => serials[0] === serialOf(given.certificate));
      return isTrusted && shown.every((one) => one === serving) && (await isInjected());
    }, patience());
    expect((await readSerials(cluster())).ca).to.equal(serialOf(given.certificate));
    await run(['rollout', 'status', '--timeout=60s', deployment]);
  }).timeout(180_000);

  it('are served as cert-manager would write them, while ours are not kept', async () => {
    await run(['scale', deployment, '--replicas=0']);
    const pods = ['pod', '-l', 'app.kubernetes.io/component=certificates'];
    await run(['wait', '--for=delete', ...pods, '--timeout=60s']);
    const names = ['outrider-webhook.outrider-system.svc'];
    const { root, serving } = await chainOfOthers('rsa', names);
    await run(['delete', 'secret', 'outrider-webhook-certificates']);
    await run(['create', '-f', '-'], secret('outrider-webhook-certificates', serving));
    const get = ['get', '-o', 'json', 'mutatingwebhookconfiguration', 'outrider-webhook'];
    const configuration = JSON.parse(await kubectl(cluster(), get));
    const caBundle = Buffer.from(root).toString('base64');
    for (const { clientConfig } of configuration.webhooks) clientConfig.caBundle = caBundle;
    await kubectl(cluster(), ['replace', '-f', '-'], { input: listOf([configuration]) });
    await until(isInjected, patience());
    const shown = await shownSerials(cluster());
    expect(new Set(shown)).to.deep.equal(new Set([serialOf(serving.certificate)]));
    expect((await readBundles(cluster()))[0]).to.equal(root);
  }).timeout(180_000);
});
