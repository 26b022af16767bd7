import type { Namespace } from '../admission/inject-review.ts';
import type { JsonObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Allowed } from '../cluster/unless-forbidden.ts';
import { revisionLabel } from '../decision/names.ts';
import type { Published } from '../decision/published.ts';
import type { Revision } from '../decision/revision.ts';

/** What of a cluster its status is told from, read at about the same time. */
export interface Snapshot extends OfRevision {
  readonly pods: readonly JsonObject[];
  /** Those of the pods, or all of the cluster. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
  readonly installed: Allowed<Installed>;
  /** Of each injector that was installed as one; what is not in there is of the one without a revision. */
  readonly revisions?: ReadonlyMap<string, OfRevision>;
  /** The settings that the installations know. */
  readonly published?: readonly Published[];
}

/** What each injector has for itself. */
export interface OfRevision {
  /** Data of the ConfigMap with the settings of the whole cluster. */
  readonly config: Allowed<Readonly<Record<string, string>>>;
  /** The certificate that the webhook serves, in PEM; `undefined` where there is none. */
  readonly certificate: Allowed<string | undefined>;
}

/** What of Outrider itself is there. */
export interface Installed {
  readonly deployments: readonly JsonObject[];
  /** By which the API server calls the webhook; each with its kind. */
  readonly configurations: readonly JsonObject[];
}

/** Which injectors are there; the one without a revision where none is. */
export function revisionsOf(installed: Allowed<Installed>): readonly Revision[] {
  const deployments = installed.kind === 'read' ? installed.value.deployments : [];
  const revisions = new Set(deployments.map(revisionOfObject));
  return revisions.size === 0 ? [undefined] : [...revisions].sort();
}

/** What of it is of one injector. */
export const installedAs = ({ deployments, configurations }: Installed, revision: Revision): Installed => ({
  deployments: deployments.filter((one) => revisionOfObject(one) === revision),
  configurations: configurations.filter((one) => revisionOfObject(one) === revision),
});

function revisionOfObject(object: JsonObject): Revision {
  const revision = valueAt(object, ['metadata', 'labels', revisionLabel]);
  return typeof revision === 'string' ? revision : undefined;
}
