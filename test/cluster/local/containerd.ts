import { join } from 'node:path';
import type { Component } from './component.ts';
import type { Layout } from './layout.ts';

/** `pauseImage` is what holds the namespaces of a pod; `cniPrograms` is the folder of the CNI plugins. */
export function containerd(layout: Layout, pauseImage: string, cniPrograms: string): Component {
  const config = join(layout.config, 'containerd.toml');
  return {
    name: 'containerd',
    program: 'containerd',
    files: { [config]: configuration(layout, pauseImage, cniPrograms) },
    args: [`--config=${config}`],
  };
}

function configuration(layout: Layout, pauseImage: string, cniPrograms: string): string {
  // JSON's strings are TOML's basic strings.
  const text = JSON.stringify;
  return `version = 2
root = ${text(layout.containerd)}
state = "/run/containerd"

[grpc]
  address = ${text(layout.containerdSocket)}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(pauseImage)}
  # Without CAP_SYS_RESOURCE a score below containerd's own cannot be set, and runc then dies while it starts
  # the container, saying no more than "can't get final child's PID from pipe".
  restrict_oom_score_adj = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${text(cniPrograms)}
    conf_dir = ${text(join(layout.config, 'cni'))}

  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      # The kubelet's driver is cgroupfs, and both must agree.
      SystemdCgroup = false
`;
}
