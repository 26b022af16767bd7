import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Families } from '../cluster.ts';
import { dnsService, members, node, nodeName } from './addresses.ts';
import type { Component } from './component.ts';
import type { Layout } from './layout.ts';

/** The cgroup, under each controller, that holds every pod of the node; removed as a whole by `down`. */
export const podsCgroup = 'outrider-cluster';

export function kubelet(layout: Layout, programs: string, families: Families): Component {
  const config = join(layout.config, 'kubelet.yaml');
  return {
    name: 'kubelet',
    program: join(programs, 'kubelet'),
    files: { [config]: stringify(configuration(layout)) },
    args: [
      `--config=${config}`,
      `--kubeconfig=${join(layout.config, 'kubelet.kubeconfig')}`,
      `--hostname-override=${nodeName}`,
      // Pods get the families that the node has.
      `--node-ip=${members(node, families)}`,
    ],
  };
}

function configuration(layout: Layout): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: node.ipv4,
    healthzBindAddress: '127.0.0.1',
    containerRuntimeEndpoint: `unix://${layout.containerdSocket}`,
    podLogsDir: layout.podLogs,
    // The default lies in /usr, which is the machine's.
    volumePluginDir: layout.volumePlugins,

    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(layout.pki, 'ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: join(layout.pki, 'kubelet-serving.crt'),
    tlsPrivateKeyFile: join(layout.pki, 'kubelet-serving.key'),

    clusterDNS: [dnsService],
    clusterDomain: 'cluster.local',
    // Pods must not ask the machine's own resolvers.
    resolvConf: '',

    // systemd may be absent, as it is in a container or a small virtual machine.
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${podsCgroup}`,
    // Kubernetes 1.35 refuses cgroup v1 unless told otherwise; hybrid machines still mount it.
    failCgroupV1: false,
    // The machine is shared with whatever else runs on it, so nothing is reserved and pods get no common limit.
    enforceNodeAllocatable: [],
    failSwapOn: false,
    // Lowering it, as the kubelet does by default, takes CAP_SYS_RESOURCE.
    oomScoreAdj: 0,

    // Not every kernel and filesystem lets the kubelet measure a container's disk; and a full disk of the
    // machine must neither evict the pods of a test nor collect the images, which no registry would bring back.
    localStorageCapacityIsolation: false,
    evictionHard: {},
    imageGCHighThresholdPercent: 100,
  };
}
