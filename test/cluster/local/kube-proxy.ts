import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Families } from '../cluster.ts';
import { kubeProxyHealthPort, members, node, nodeName, podCidr } from './addresses.ts';
import type { Component } from './component.ts';
import type { Layout } from './layout.ts';

export function kubeProxy(layout: Layout, programs: string, families: Families): Component {
  const config = join(layout.config, 'kube-proxy.yaml');
  return {
    name: 'kube-proxy',
    program: join(programs, 'kube-proxy'),
    files: { [config]: stringify(configuration(layout, families)) },
    args: [`--config=${config}`],
  };
}

function configuration(layout: Layout, families: Families): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: join(layout.config, 'kube-proxy.kubeconfig') },
    hostnameOverride: nodeName,
    mode: 'iptables',
    clusterCIDR: members(podCidr, families).join(','),
    // Dialled from this machine, to learn when the first rules are in place.
    healthzBindAddress: `${node.ipv4}:${kubeProxyHealthPort}`,
    metricsBindAddress: '127.0.0.1:10249',
    // A new service works at once; by default rules are written at most once a second.
    iptables: { minSyncPeriod: '0s' },
    // The size of the connection table belongs to the whole machine, not to the node's network namespace,
    // and zero means: leave it.
    conntrack: { maxPerCore: 0, min: 0 },
    // Lowering it, as kube-proxy does by default, takes CAP_SYS_RESOURCE.
    oomScoreAdj: 0,
  };
}
