import { type Cluster, KubeConfig } from '@kubernetes/client-node';
import { ApiError } from './api-error.ts';

/** Which cluster, and as whom; the words of kubectl. */
export interface Connection {
  /** A file. Without it: those of KUBECONFIG, or ~/.kube/config, or the service account of the pod. */
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** What the client assumes where it finds no kubeconfig. */
const withoutKubeconfig = 'http://localhost:8080';

/** @throws ApiError */
export function loadKubeConfig({ kubeconfig, context }: Connection): {
  readonly config: KubeConfig;
  readonly cluster: Cluster;
  /** Of the context. */
  readonly namespace: string;
} {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const [line = reason] = reason.split('\n');
    throw new ApiError(
      'kubeconfig',
      `kubeconfig${kubeconfig === undefined ? '' : ` ${kubeconfig}`}: ${line}`,
      { cause },
    );
  }
  const known = config.getContexts().map(({ name }) => name);
  if (context !== undefined) {
    if (!known.includes(context)) {
      const expected =
        known.length > 0 ? `one of ${known.join(', ')}` : 'none: the kubeconfig has no contexts';
      throw new ApiError(
        'kubeconfig',
        `--context: ${JSON.stringify(context)} is not valid: expected ${expected}`,
      );
    }
    config.setCurrentContext(context);
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    const choice = known.length > 0 ? ` with --context, one of ${known.join(', ')}` : '';
    throw new ApiError(
      'kubeconfig',
      `the kubeconfig has no current context with a cluster: give one${choice}`,
    );
  }
  if (cluster.server === withoutKubeconfig) {
    const message = 'there is no kubeconfig: set KUBECONFIG, give --kubeconfig, or write ~/.kube/config';
    throw new ApiError('kubeconfig', message);
  }
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace ?? 'default';
  return { config, cluster, namespace };
}
