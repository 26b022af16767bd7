import { join } from 'node:path';
import {
  createAuthority,
  createSigningKey,
  identities,
  issueCertificate,
  type Surroundings,
} from './certificates.ts';
import { renderKubeconfig } from './kubeconfig.ts';
import type { Layout } from './layout.ts';

/** Every certificate, key and kubeconfig of a node, contents by path. */
export function createCredentials(
  layout: Layout,
  surroundings: Surroundings,
): Readonly<Record<string, string>> {
  const authority = createAuthority(surroundings);
  const issue = (name: keyof typeof identities) =>
    issueCertificate(authority, identities[name], surroundings);
  const signing = createSigningKey();

  const files: Record<string, string> = {
    [join(layout.pki, 'ca.crt')]: authority.certificate,
    [join(layout.pki, 'ca.key')]: authority.key,
    [join(layout.pki, 'service-accounts.pub')]: signing.publicKey,
    [join(layout.pki, 'service-accounts.key')]: signing.key,
  };
  for (const name of ['apiserver', 'apiserver-kubelet-client', 'kubelet-serving'] as const) {
    const pair = issue(name);
    files[join(layout.pki, `${name}.crt`)] = pair.certificate;
    files[join(layout.pki, `${name}.key`)] = pair.key;
  }
  for (const name of ['kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet'] as const) {
    const path = join(layout.config, `${name}.kubeconfig`);
    files[path] = renderKubeconfig(authority.certificate, identities[name].user, issue(name));
  }
  files[layout.kubeconfig] = renderKubeconfig(authority.certificate, identities.admin.user, issue('admin'));
  return files;
}
