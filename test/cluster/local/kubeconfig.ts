import { stringify } from 'yaml';
import { apiServerPort, node } from './addresses.ts';
import type { KeyPair } from './certificates.ts';

/** A kubeconfig that carries its credentials within, so that it can be copied anywhere. */
export function renderKubeconfig(authorityCertificate: string, user: string, pair: KeyPair): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'outrider',
        cluster: {
          server: `https://${node.ipv4}:${apiServerPort}`,
          'certificate-authority-data': base64(authorityCertificate),
        },
      },
    ],
    users: [
      {
        name: user,
        user: { 'client-certificate-data': base64(pair.certificate), 'client-key-data': base64(pair.key) },
      },
    ],
    contexts: [{ name: 'outrider', context: { cluster: 'outrider', user } }],
    'current-context': 'outrider',
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
