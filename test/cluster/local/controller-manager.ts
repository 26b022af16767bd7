import { join } from 'node:path';
import type { Component } from './component.ts';
import type { Layout } from './layout.ts';

export function controllerManager(layout: Layout, programs: string): Component {
  const kubeconfig = join(layout.config, 'kube-controller-manager.kubeconfig');
  return {
    name: 'kube-controller-manager',
    program: join(programs, 'kube-controller-manager'),
    files: {},
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      // There is no second instance to elect against, and waiting for the lease costs seconds.
      '--leader-elect=false',
      '--use-service-account-credentials',
      `--service-account-private-key-file=${join(layout.pki, 'service-accounts.key')}`,
      // Made when missing, and by default in /usr, which is the machine's.
      `--flex-volume-plugin-dir=${layout.volumePlugins}`,
      // What pods find as ca.crt beside their token.
      `--root-ca-file=${join(layout.pki, 'ca.crt')}`,
      `--cluster-signing-cert-file=${join(layout.pki, 'ca.crt')}`,
      `--cluster-signing-key-file=${join(layout.pki, 'ca.key')}`,
    ],
  };
}
