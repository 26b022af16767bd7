import { parseAllDocuments } from 'yaml';

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes, as they are written.
export type AnyObject = any;

/** The objects of a stream of YAML by `Kind/name`, whatever their order; without Helm's hooks. */
export function objectsOf(stream: string): Map<string, AnyObject> {
  const objects = parseAllDocuments(stream, { merge: true })
    .map((document) => document.toJS() as AnyObject)
    .filter((object) => object !== null && object.metadata.annotations?.['helm.sh/hook'] === undefined);
  return new Map(objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
}

/** Each leaf of the objects by its path: `Deployment/outrider-webhook spec.replicas`. */
export function leavesOf(objects: Map<string, AnyObject>): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  const walk = (value: unknown, path: string, between: string): void => {
    if (value === null || typeof value !== 'object') leaves.set(path, value);
    else for (const [key, inner] of Object.entries(value)) walk(inner, path + between + key, '.');
  };
  for (const [name, object] of objects) walk(object, name, ' ');
  return leaves;
}

/** The leaves that one has and the other has not, or has otherwise; what is gone is `undefined`. */
export function changes(before: Map<string, unknown>, after: Map<string, unknown>): Record<string, unknown> {
  const gone = [...before.keys()].filter((path) => !after.has(path)).map((path) => [path, undefined]);
  const changed = [...after].filter(([path, value]) => !before.has(path) || before.get(path) !== value);
  return Object.fromEntries([...gone, ...changed]);
}
