import { join } from 'node:path';
import { stringify } from 'yaml';
import { createAuthority, issueCertificate, type Surroundings } from './certificates.ts';
import type { Layout } from './layout.ts';

/** Where the API server has what it shows to webhooks. */
export const admissionConfigOf = (layout: Layout): string => join(layout.config, 'admission.yaml');

/** What it shows by name and port of the Service. Of the second CA at another port: so a test can have it change. */
const users = {
  '*.outrider-system.svc': 'webhook-clients',
  'outrider-webhook.outrider-system.svc:444': 'webhook-clients-next',
} as const;

/** Two CAs that sign for the API server as a client of webhooks, a certificate of each, and the order to show them. */
export function createWebhookClients(
  layout: Layout,
  surroundings: Surroundings,
): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  const kubeConfigFile = join(layout.config, 'webhooks.kubeconfig');
  const entries = Object.entries(users).map(([name, file]) => {
    const authority = createAuthority(surroundings, file);
    const pair = issueCertificate(authority, { user: 'kube-apiserver' }, surroundings);
    const at = (ending: string): string => join(layout.pki, `${file}${ending}`);
    files[at('-ca.crt')] = authority.certificate;
    files[at('-ca.key')] = authority.key;
    files[at('.crt')] = pair.certificate;
    files[at('.key')] = pair.key;
    return { name, user: { 'client-certificate': at('.crt'), 'client-key': at('.key') } };
  });
  files[kubeConfigFile] = stringify({ apiVersion: 'v1', kind: 'Config', users: entries });
  const plugins = ['MutatingAdmissionWebhook', 'ValidatingAdmissionWebhook'].map((name) => ({
    name,
    configuration: {
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'WebhookAdmissionConfiguration',
      kubeConfigFile,
    },
  }));
  files[admissionConfigOf(layout)] = stringify({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'AdmissionConfiguration',
    plugins,
  });
  return files;
}
