import type { JsonObject } from '../admission/json.ts';
import { revisionLabel } from '../decision/names.ts';
import type { Revision } from '../decision/revision.ts';

/** An object of Kubernetes that is installed. */
export interface Manifest extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    /** None of what is the whole cluster's. */
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  } & JsonObject;
}

/** What an object of Kubernetes is called by, in its API. */
export type ObjectName = Pick<Manifest, 'apiVersion' | 'kind' | 'metadata'>;

/** Such as `Deployment/outrider-webhook`. */
export const titleOf = ({ kind, metadata }: ObjectName): string => `${kind}/${metadata.name}`;

/** What is to outlive an upgrade and a way back: the settings that a version knew. */
export const isKept = ({ kind, metadata }: Pick<Manifest, 'kind' | 'metadata'>): boolean =>
  kind === 'ConfigMap' && metadata.labels?.['app.kubernetes.io/component'] === 'settings';

/** Of which revision an object is; the Namespace is of none, and all revisions share it. */
export const revisionOf = ({ metadata }: Pick<Manifest, 'metadata'>): Revision =>
  metadata.labels?.[revisionLabel];

/** API group, without the version. */
export const groupOf = ({ apiVersion }: Pick<ObjectName, 'apiVersion'>): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

/** The kind in paths and permissions. Regular English: so are all the names of Kubernetes. */
export function resourceOf({ kind }: Pick<ObjectName, 'kind'>): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith('s')) return `${singular}es`;
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

/** Of the list that holds objects of the kind, in a namespace or of the whole cluster. */
export function listPathOf(
  one: Pick<ObjectName, 'apiVersion' | 'kind'>,
  namespace: string | undefined,
): string {
  const root = one.apiVersion.includes('/') ? `/apis/${one.apiVersion}` : `/api/${one.apiVersion}`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${resourceOf(one)}`;
}

export const pathOf = (one: ObjectName): string =>
  `${listPathOf(one, one.metadata.namespace)}/${one.metadata.name}`;
