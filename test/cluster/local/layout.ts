import { join } from 'node:path';

/** Every path of the node. All are below `state`, except the mount points. */
export interface Layout {
  readonly state: string;
  /** What `up` leaves for the next `up` and for `down`: process ids and families. */
  readonly record: string;
  readonly kubeconfig: string;
  /** One folder for certificates, one for configuration, one for logs, one file per component in each. */
  readonly pki: string;
  readonly config: string;
  readonly logs: string;
  /** Archives that containerd already holds, one empty file each. */
  readonly loadedImages: string;
  readonly etcd: string;
  readonly containerd: string;
  readonly containerdSocket: string;
  readonly podLogs: string;
  readonly volumePlugins: string;
  /** Folders that the node's programs insist on, and what stands in for each inside the node. */
  readonly mountPoints: Readonly<Record<string, string>>;
}

export function layoutOf(state: string): Layout {
  return {
    state,
    record: join(state, 'node.json'),
    kubeconfig: join(state, 'kubeconfig'),
    pki: join(state, 'pki'),
    config: join(state, 'config'),
    logs: join(state, 'logs'),
    loadedImages: join(state, 'loaded-images'),
    etcd: join(state, 'etcd'),
    containerd: join(state, 'containerd'),
    containerdSocket: join(state, 'containerd.sock'),
    podLogs: join(state, 'pod-logs'),
    volumePlugins: join(state, 'volume-plugins'),
    mountPoints: {
      // The kubelet's own setting for its folder does not move its socket for device plugins.
      '/var/lib/kubelet': join(state, 'kubelet'),
      // libcni's cache of results has no setting at all.
      '/var/lib/cni': join(state, 'cni'),
    },
  };
}
