import { kubectl } from '../kubectl.ts';
import { kubeProxyHealthPort, node, nodeName } from './addresses.ts';
import type { Layout } from './layout.ts';
import type { NodeRecord } from './node-record.ts';
import { isAlive } from './process-identity.ts';
import { kubectlPath, type Programs } from './programs.ts';

// Questions about a node that may not be up, or not yet: a failure is an answer here, not an error.

/** Whether a kubectl command of an administrator succeeds. */
export async function kubectlSucceeds(
  layout: Layout,
  programs: Programs,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  const administrator = { kubectl: kubectlPath(programs), kubeconfig: layout.kubeconfig };
  return kubectl(administrator, args, signal && { signal }).then(
    () => true,
    () => false,
  );
}

/** Whether kube-proxy has written the rules that it knows of. */
export async function servicesWork(): Promise<boolean> {
  return fetch(`http://${node.ipv4}:${kubeProxyHealthPort}/healthz`).then(
    (response) => response.ok,
    () => false,
  );
}

/** Whether a node that was raised earlier still works: every program alive, API server and node ready. */
export async function isHealthy(layout: Layout, programs: Programs, record: NodeRecord): Promise<boolean> {
  const components = Object.values(record.components);
  // The record of a start that did not come to its end names none.
  if (components.length === 0 || ![record.namespaces, ...components].every(isAlive)) return false;
  const limits = ['--timeout=5s', '--request-timeout=5s'];
  return kubectlSucceeds(layout, programs, ['wait', `node/${nodeName}`, '--for=condition=Ready', ...limits]);
}
