import { expect } from 'chai';
import { useApi } from './api.ts';
import { ownNamespace, readBundles, readSecret, readSerials, shownSerials } from './certificate-state.ts';
import { needsRoutesToPods } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const patience = (): AbortSignal => AbortSignal.timeout(30_000);
const secret = 'outrider-webhook-certificates';
const configuration = ['mutatingwebhookconfiguration', 'outrider-webhook'];

describe('the certificates of the webhook', () => {
  const cluster = useOutrider();
  needsRoutesToPods(cluster);
  const api = useApi(cluster);

  /** That a pod is reviewed, by way of each replica: the API server opens connections as it likes. */
  const review = async (): Promise<string> => {
    const pod = podManifest({ name: 'reviewed', labels: { 'outrider.io/inject': 'true' } });
    const path = '/api/v1/namespaces/default/pods?dryRun=All';
    const { status, text } = await api('POST', path, pod);
    return status === 201 && text.includes('outrider-proxy') ? 'injected' : text;
  };
  const expectServed = async (): Promise<void> => {
    await until(async () => {
      const { serving } = await readSerials(cluster());
      return (await shownSerials(cluster())).every((shown) => shown === serving);
    }, patience());
    expect(await review()).to.equal('injected');
  };

  it('are there after the installation, the key of the CA in a Secret of its own', async () => {
    const { ca, trusted } = await readSerials(cluster());
    expect(ca).to.match(/^[0-9A-F]{32}$/);
    expect(trusted).to.have.lengthOf(6);
    for (const serials of trusted) expect(serials).to.deep.equal([ca]);
    expect(Object.keys((await readSecret(cluster(), 'outrider-ca')) ?? {}).sort()).to.deep.equal([
      'tls.crt',
      'tls.key',
    ]);
    expect(Object.keys((await readSecret(cluster())) ?? {}).sort()).to.deep.equal([
      'ca.crt',
      'tls.crt',
      'tls.key',
    ]);
    await expectServed();
  });

  it('are published under a field manager of their own, which owns nothing else', async () => {
    const get = ['get', ...configuration, '--show-managed-fields', '-o', 'json'];
    const { metadata } = JSON.parse(await kubectl(cluster(), get));
    const own = metadata.managedFields.filter(
      ({ manager }: { manager: string }) => manager === 'outrider-ca-bundle',
    );
    expect(own).to.have.lengthOf(1);
    expect(Object.keys(own[0].fieldsV1)).to.deep.equal(['f:webhooks']);
    const leaves = JSON.stringify(own[0].fieldsV1).match(/"f:[a-zA-Z]+":\{\}/g);
    expect(new Set(leaves)).to.deep.equal(new Set(['"f:caBundle":{}']));
  });

  for (const [what, strike] of [
    ['deleted', ['delete', 'secret', secret]],
    ['corrupted', ['patch', 'secret', secret, '-p', '{"data":{"tls.crt":"bm9uZQ=="}}']],
  ] as const) {
    it(`are made anew by the same CA where the Secret is ${what}`, async () => {
      const before = await readSerials(cluster());
      await kubectl(cluster(), [...ownNamespace, ...strike]);
      await until(async () => {
        const { serving } = await readSerials(cluster()).catch(() => ({ serving: undefined }));
        return serving !== undefined && serving !== before.serving;
      }, patience());
      await expectServed();
      expect((await readSerials(cluster())).ca).to.equal(before.ca);
    });
  }

  for (const what of ['emptied', 'overwritten'] as const) {
    it(`are trusted again where caBundle is ${what}`, async () => {
      const before = await readBundles(cluster());
      const { webhooks } = JSON.parse(await kubectl(cluster(), ['get', ...configuration, '-o', 'json']));
      // Text that is no certificate is refused by the API server itself.
      const other = Buffer.from((await readSecret(cluster()))?.['tls.crt'] ?? '').toString('base64');
      const patch = webhooks.map((_: unknown, index: number) => ({
        ...(what === 'emptied' ? { op: 'remove' } : { op: 'replace', value: other }),
        path: `/webhooks/${index}/clientConfig/caBundle`,
      }));
      await kubectl(cluster(), ['patch', ...configuration, '--type=json', '-p', JSON.stringify(patch)]);
      await until(async () => `${await readBundles(cluster())}` === `${before}`, patience());
      await until(async () => (await review()) === 'injected', patience());
    });
  }

  it('are of a new CA where the Secret of the CA is deleted, and no pod is refused meanwhile', async () => {
    const before = await readSerials(cluster());
    await kubectl(cluster(), [...ownNamespace, 'delete', 'secret', 'outrider-ca']);
    await until(async () => {
      expect(await review()).to.equal('injected');
      return (await readSerials(cluster())).serving !== before.serving;
    }, AbortSignal.timeout(60_000));
    const { ca, trusted } = await readSerials(cluster());
    expect(ca).not.to.equal(before.ca);
    // Certificates of the one before may be served for a while.
    for (const serials of trusted) expect(serials).to.deep.equal([ca, before.ca]);
    await expectServed();
  }).timeout(120_000);

  it('are renewed where a permission lacks for one object, and it is told which', async () => {
    const role = ['clusterrole', 'outrider-certificates'];
    const { rules } = JSON.parse(await kubectl(cluster(), ['get', ...role, '-o', 'json']));
    const setRules = (value: object): Promise<string> => {
      const patch = JSON.stringify([{ op: 'replace', path: '/rules', value }]);
      return kubectl(cluster(), ['patch', ...role, '--type=json', '-p', patch]);
    };
    const deployment = 'deployment/outrider-certificates';
    const problem = async (): Promise<string> => {
      const pods = JSON.parse(
        await kubectl(cluster(), [
          ...[...ownNamespace, 'get', 'pods', '-l', 'app.kubernetes.io/component=certificates'],
          ...['-o', 'json'],
        ]),
      );
      const path = `/api/v1/namespaces/outrider-system/pods/${pods.items[0].metadata.name}:8080/proxy/readyz`;
      return (await api('GET', path)).text;
    };
    const isOfWarnings = ({ resources }: { resources: string[] }): boolean =>
      resources.includes('validatingwebhookconfigurations');
    await setRules(rules.filter((rule: { resources: string[] }) => !isOfWarnings(rule)));
    try {
      const before = await readSerials(cluster());
      await kubectl(cluster(), [...ownNamespace, 'delete', 'secret', secret]);
      await until(async () => {
        const { serving } = await readSerials(cluster()).catch(() => ({ serving: undefined }));
        return serving !== undefined && serving !== before.serving;
      }, AbortSignal.timeout(60_000));
      await until(
        async () =>
          /cannot get ValidatingWebhookConfiguration\/outrider-warnings: .* is forbidden: .*: let its account get it, as manifests\/certificates-rbac\.yaml does/.test(
            await problem(),
          ),
        AbortSignal.timeout(60_000),
      );
    } finally {
      await setRules(rules);
    }
    await until(async () => (await problem()) === 'ok', AbortSignal.timeout(60_000));
    await kubectl(cluster(), [...ownNamespace, 'rollout', 'status', deployment, '--timeout=60s']);
    await expectServed();
  }).timeout(240_000);
});
