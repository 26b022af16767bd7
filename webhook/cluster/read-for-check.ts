import { objectOf } from '../admission/json.ts';
import { configMapName } from '../decision/config.ts';
import { type Published, readPublished } from '../decision/published.ts';
import type { ResourceName } from '../offline/resource-name.ts';
import { openApi } from './api.ts';
import { ApiError } from './api-error.ts';
import type { Connection } from './load-kube-config.ts';
import { textsIn } from './namespace-in.ts';
import { publishedPath } from './published-settings.ts';
import { unlessForbidden } from './unless-forbidden.ts';

/** What of a cluster decides about one object's pods. */
export type ReadState =
  | {
      readonly ok: true;
      readonly object: object;
      readonly namespace: object;
      /** Data of the ConfigMap with the settings of the whole cluster; `undefined` where the user may not read it. */
      readonly config: Readonly<Record<string, string>> | undefined;
      /** The settings that the installations know; none where the user may not read them. */
      readonly published: readonly Published[];
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads it by the kubeconfig. `namespace`: that of its context where there is none. */
export async function readForCheck(
  { apiVersion, kind, name }: ResourceName,
  at: Connection & {
    readonly namespace?: string;
    readonly outriderNamespace: string;
    readonly revision?: string;
  },
): Promise<ReadState> {
  try {
    const api = openApi(at);
    const namespace = at.namespace ?? api.namespace;
    const map = configMapName(at.revision);
    const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const [object, itsNamespace, config, published] = await Promise.all([
      api.get(`${group}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`),
      api.get(`/api/v1/namespaces/${namespace}`),
      unlessForbidden(api.get(`/api/v1/namespaces/${at.outriderNamespace}/configmaps/${map}`)),
      unlessForbidden(api.list(publishedPath(at.outriderNamespace))),
    ]);
    if (object === undefined || itsNamespace === undefined) {
      const problem = `there is no ${kind}/${name} in the namespace ${namespace}: give another with -n`;
      return { ok: false, problems: [problem] };
    }
    return {
      ok: true,
      object: { ...object, apiVersion, kind },
      namespace: { ...itsNamespace, apiVersion: 'v1', kind: 'Namespace' },
      config: config.kind === 'forbidden' ? undefined : textsIn(objectOf(config.value).data),
      published: published.kind === 'forbidden' ? [] : published.value.map(readPublished),
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { ok: false, problems: [error.message] };
  }
}
