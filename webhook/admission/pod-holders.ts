import { isObject } from './json.ts';

/** Where in an object of a kind its pod, or the template of its pods, is. */
export interface PodHolder {
  /** API group, without the version; `undefined` for any. */
  readonly group: string | undefined;
  readonly kind: string;
  readonly path: readonly string[];
}

/** The kinds of Kubernetes itself. */
export const podHolders: readonly PodHolder[] = [
  { group: '', kind: 'Pod', path: [] },
  { group: '', kind: 'PodTemplate', path: ['template'] },
  { group: '', kind: 'ReplicationController', path: ['spec', 'template'] },
  { group: 'apps', kind: 'ReplicaSet', path: ['spec', 'template'] },
  { group: 'apps', kind: 'Deployment', path: ['spec', 'template'] },
  { group: 'apps', kind: 'StatefulSet', path: ['spec', 'template'] },
  { group: 'apps', kind: 'DaemonSet', path: ['spec', 'template'] },
  { group: 'batch', kind: 'Job', path: ['spec', 'template'] },
  { group: 'batch', kind: 'CronJob', path: ['spec', 'jobTemplate', 'spec', 'template'] },
];

/** Reads `KIND=.path.to.template`, for kinds that are not of Kubernetes itself; `undefined` where it is not that. */
export function parseTemplatePath(text: string): PodHolder | undefined {
  const [, kind, path] = /^([A-Z][A-Za-z0-9]*)=((?:\.[A-Za-z0-9_-]+)+)$/.exec(text) ?? [];
  if (kind === undefined || path === undefined) return undefined;
  return { group: undefined, kind, path: path.slice(1).split('.') };
}

export function findHolder(
  apiVersion: unknown,
  kind: string,
  holders: readonly PodHolder[],
): PodHolder | undefined {
  const [group, version] = typeof apiVersion === 'string' ? apiVersion.split('/') : [];
  const of = version === undefined ? '' : group;
  return holders.find((holder) => holder.kind === kind && (holder.group ?? of) === of);
}

/** The value under the fields; `undefined` where one of them is missing. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce(
    (at, field) => (isObject(at) && Object.hasOwn(at, field) ? at[field] : undefined),
    value,
  );
}
