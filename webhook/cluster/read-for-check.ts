import { ApiException, CoreV1Api, KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import { isObject } from '../admission/json.ts';
import { configMapName } from '../decision/config.ts';
import type { ResourceName } from '../offline/resource-name.ts';
import { unless } from './unless.ts';

/** What of a cluster decides about one object's pods. */
export type ReadState =
  | {
      readonly ok: true;
      readonly object: object;
      readonly namespace: object;
      /** Data of the ConfigMap with the settings of the whole cluster; `undefined` where the user may not read it. */
      readonly config: Readonly<Record<string, string>> | undefined;
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** What the client assumes where it finds no kubeconfig, and then refuses to speak to. */
const withoutKubeconfig = 'http://localhost:8080';

/** Reads it by the kubeconfig. `namespace`: that of its context where there is none. */
export async function readForCheck(
  { apiVersion, kind, name }: ResourceName,
  at: { readonly namespace?: string; readonly outriderNamespace: string },
): Promise<ReadState> {
  try {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromDefault();
    if (kubeConfig.getCurrentCluster()?.server === withoutKubeconfig) {
      const problem = 'there is no kubeconfig: set KUBECONFIG, or write ~/.kube/config';
      return { ok: false, problems: [problem] };
    }
    const context = kubeConfig.getContextObject(kubeConfig.getCurrentContext());
    const namespace = at.namespace ?? context?.namespace ?? 'default';
    const core = kubeConfig.makeApiClient(CoreV1Api);
    const objects = KubernetesObjectApi.makeApiClient(kubeConfig);
    const map = { namespace: at.outriderNamespace, name: configMapName };
    const none = { data: {} };
    const [object, itsNamespace, config] = await Promise.all([
      unless(404, objects.read({ apiVersion, kind, metadata: { name, namespace } })),
      unless(404, core.readNamespace({ name: namespace })),
      unless(
        403,
        unless(404, core.readNamespacedConfigMap(map)).then((found) => found ?? none),
      ),
    ]);
    if (object === undefined || itsNamespace === undefined) {
      const problem = `there is no ${kind}/${name} in the namespace ${namespace}: give another with -n`;
      return { ok: false, problems: [problem] };
    }
    return {
      ok: true,
      object: { ...object, apiVersion, kind },
      namespace: { ...itsNamespace, apiVersion: 'v1', kind: 'Namespace' },
      config: config && (config.data ?? {}),
    };
  } catch (error) {
    return { ok: false, problems: [`${kind}/${name}: ${describe(error)}`] };
  }
}

/** The client's own message repeats the whole answer with its headers. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof ApiException)) {
    return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
  }
  const { code, body } = error;
  const message = isObject(body) && typeof body.message === 'string' ? body.message : String(body);
  return `the API server answers ${code}: ${message}`;
}
