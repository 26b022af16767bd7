import type { Namespace } from '../admission/inject-review.ts';
import type { JsonObject } from '../admission/json.ts';
import type { Allowed } from '../cluster/unless-forbidden.ts';

/** What of a cluster its status is told from, read at about the same time. */
export interface Snapshot {
  readonly pods: readonly JsonObject[];
  /** Those of the pods, or all of the cluster. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
  /** Data of the ConfigMap with the settings of the whole cluster. */
  readonly config: Allowed<Readonly<Record<string, string>>>;
  readonly installed: Allowed<Installed>;
  /** The certificate that the webhook serves, in PEM; `undefined` where there is none. */
  readonly certificate: Allowed<string | undefined>;
}

/** What of Outrider itself is there. */
export interface Installed {
  readonly deployments: readonly JsonObject[];
  /** By which the API server calls the webhook; each with its kind. */
  readonly configurations: readonly JsonObject[];
}
