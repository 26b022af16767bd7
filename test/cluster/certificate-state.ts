import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { readCertificates } from '../../webhook/certificates/pem.ts';
import type { Cluster } from './cluster.ts';
import { kubectl } from './kubectl.ts';

export const ownNamespace = ['-n', 'outrider-system'];
const webhookSecret = 'outrider-webhook-certificates';

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

/** The texts of a Secret by their keys; `undefined` where there is none. */
export async function readSecret(
  cluster: Cluster,
  name = webhookSecret,
): Promise<Record<string, string> | undefined> {
  const get = [...ownNamespace, 'get', 'secret', name, '--ignore-not-found', '-o', 'json'];
  const text = await kubectl(cluster, get);
  if (text === '') return undefined;
  const entries = Object.entries(JSON.parse(text).data ?? {}) as [string, string][];
  return Object.fromEntries(entries.map(([key, value]) => [key, decode(value)]));
}

/** The serial number of the CA that is stored, of the certificate that is, and of all CAs that are trusted. */
export async function readSerials(cluster: Cluster) {
  const [ca, serving, bundles] = await Promise.all([
    readSecret(cluster, 'outrider-ca'),
    readSecret(cluster),
    readBundles(cluster),
  ]);
  const first = (text = ''): string | undefined => readCertificates(text)[0]?.serialNumber;
  return {
    ca: first(ca?.['tls.crt']),
    serving: first(serving?.['tls.crt']),
    trusted: bundles.map((bundle) => readCertificates(bundle).map(({ serialNumber }) => serialNumber)),
  };
}

/** What each webhook of both configurations trusts. */
export async function readBundles(cluster: Cluster): Promise<string[]> {
  const configurations = [
    'mutatingwebhookconfiguration/outrider-webhook',
    'validatingwebhookconfiguration/outrider-warnings',
  ];
  const list = JSON.parse(await kubectl(cluster, ['get', '-o', 'json', ...configurations]));
  return list.items.flatMap(({ webhooks }: { webhooks: { clientConfig: { caBundle?: string } }[] }) =>
    webhooks.map(({ clientConfig }) => decode(clientConfig.caBundle ?? '')),
  );
}

/** What each replica of the webhook shows to who connects, as the API server does. */
export async function shownSerials(cluster: Cluster): Promise<string[]> {
  const pods = ['get', 'pods', '-l', 'app.kubernetes.io/component=webhook'];
  const addresses = await kubectl(cluster, [
    ...[...ownNamespace, ...pods, '--field-selector=status.phase=Running'],
    ...['-o', 'jsonpath={.items[*].status.podIP}'],
  ]);
  return await Promise.all(
    addresses.split(' ').map(async (host) => {
      const servername = 'outrider-webhook.outrider-system.svc';
      // Whom the API server trusts is looked at elsewhere.
      const socket = connect({ host, port: 8443, servername, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const certificate = new X509Certificate(socket.getPeerCertificate().raw);
      socket.destroy();
      return certificate.serialNumber;
    }),
  );
}
