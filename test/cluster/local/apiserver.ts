import { join } from 'node:path';
import type { Families } from '../cluster.ts';
import { apiServerPort, members, node, serviceCidr } from './addresses.ts';
import type { Component } from './component.ts';
import { etcdUrl } from './etcd.ts';
import type { Layout } from './layout.ts';
import { admissionConfigOf } from './webhook-clients.ts';

/**
 * Admission stays as Kubernetes ships it: what is on by default stays on, and nothing is off.
 * The front-proxy flags (--requestheader-…) are left out, since with the client CA in their place any client
 * certificate could name any user.
 */
export function apiserver(layout: Layout, programs: string, families: Families): Component {
  const pki = (name: string) => join(layout.pki, name);
  return {
    name: 'kube-apiserver',
    program: join(programs, 'kube-apiserver'),
    files: {},
    args: [
      `--etcd-servers=${etcdUrl}`,
      `--bind-address=${node.ipv4}`,
      `--advertise-address=${node.ipv4}`,
      `--secure-port=${apiServerPort}`,
      `--service-cluster-ip-range=${members(serviceCidr, families)}`,
      `--tls-cert-file=${pki('apiserver.crt')}`,
      `--tls-private-key-file=${pki('apiserver.key')}`,
      `--client-ca-file=${pki('ca.crt')}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      // It shows webhooks who it is, as it does in clusters that are set up so. Most webhooks do not ask.
      `--admission-control-config-file=${admissionConfigOf(layout)}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${pki('service-accounts.pub')}`,
      `--service-account-signing-key-file=${pki('service-accounts.key')}`,
      `--kubelet-certificate-authority=${pki('ca.crt')}`,
      `--kubelet-client-certificate=${pki('apiserver-kubelet-client.crt')}`,
      `--kubelet-client-key=${pki('apiserver-kubelet-client.key')}`,
      // By default the node's name is dialled first, and nothing resolves it here.
      '--kubelet-preferred-address-types=InternalIP',
      // Privileged pods are allowed on common clusters, and PodSecurity is what restrains them.
      '--allow-privileged=true',
    ],
  };
}
