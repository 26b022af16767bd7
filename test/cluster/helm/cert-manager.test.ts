import { expect } from 'chai';
import { chart, useHelm } from './helm.ts';
import { objectsOf } from './objects.ts';

const ours = { 'app.kubernetes.io/name': 'outrider', 'app.kubernetes.io/part-of': 'outrider' };
const metadata = (name: string): object => ({ name, namespace: 'outrider-system', labels: ours });

/** What the API server says to its custom resources is told by `custom-objects.test.ts`. */
describe('the chart with cert-manager', () => {
  const helm = useHelm();
  const render = async (certManager: object = {}, ...args: string[]) =>
    objectsOf(
      await helm('helm4', ['template', 'outrider', chart, '-n', 'outrider-system', ...args], {
        values: { certificates: { issuer: 'cert-manager', certManager } },
      }),
    );

  it('has nothing of outrider-certificates, whose account and policies would be of no use', async () => {
    const rendered = await render();
    const left = [...rendered.keys()].filter((name) => name.includes('/outrider-certificates'));
    expect(left).to.deep.equal([]);
    expect([...rendered.keys()]).to.include('Deployment/outrider-webhook');
  });

  it('has the cainjector fill in caBundle of every configuration, on Kubernetes 1.29 too', async () => {
    const rendered = await render({}, '--kube-version', '1.29.0');
    const configurations = [...rendered.keys()].filter((name) => name.includes('WebhookConfiguration/'));
    expect(configurations.sort()).to.deep.equal([
      'MutatingWebhookConfiguration/outrider-webhook',
      'ValidatingWebhookConfiguration/outrider-backstop',
      'ValidatingWebhookConfiguration/outrider-warnings',
    ]);
    for (const name of configurations) {
      expect(rendered.get(name).metadata.annotations, name).to.deep.equal({
        'cert-manager.io/inject-ca-from': 'outrider-system/outrider-webhook',
      });
    }
  });

  const serving = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: metadata('outrider-webhook'),
    spec: {
      secretName: 'outrider-webhook-certificates',
      dnsNames: [
        'outrider-webhook.outrider-system.svc',
        'outrider-webhook.outrider-system',
        'outrider-webhook.outrider-system.svc.cluster.local',
      ],
      usages: ['digital signature', 'server auth'],
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      duration: '2160h',
      renewBefore: '720h',
      issuerRef: { kind: 'Issuer', name: 'outrider-ca' },
    },
  };

  it('has a CA made for Outrider alone', async () => {
    const rendered = await render();
    expect(rendered.get('Issuer/outrider-self-signed').spec).to.deep.equal({ selfSigned: {} });
    expect(rendered.get('Certificate/outrider-ca').spec).to.deep.include({
      isCA: true,
      secretName: 'outrider-ca',
      issuerRef: { kind: 'Issuer', name: 'outrider-self-signed' },
    });
    expect(rendered.get('Issuer/outrider-ca').spec).to.deep.equal({ ca: { secretName: 'outrider-ca' } });
    expect(rendered.get('Certificate/outrider-webhook')).to.deep.equal(serving);
  });

  it('takes an issuer that is there', async () => {
    const issuerRef = { kind: 'ClusterIssuer', name: 'internal' };
    const rendered = await render({ issuerRef, duration: '24h', renewBefore: '8h' });
    expect([...rendered.keys()].filter((name) => /^(Issuer|Certificate)\//.test(name))).to.deep.equal([
      'Certificate/outrider-webhook',
    ]);
    expect(rendered.get('Certificate/outrider-webhook')).to.deep.equal({
      ...serving,
      spec: { ...serving.spec, issuerRef, duration: '24h', renewBefore: '8h' },
    });
  });
});
