/**
 * Writes webhook/installation/rendered.ts: what `kubectl kustomize` makes of manifests/, of its component for Kubernetes
 * 1.29, and of both with that of a revision, for the executable to carry. It knows as much of kustomize as the manifests use, and says so where
 * they use more; test/cluster/install.test.ts compares it with kubectl.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jsonPatch, { type Operation } from 'fast-json-patch';
import { parse, parseAllDocuments } from 'yaml';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

interface Kustomization {
  readonly resources?: readonly string[];
  readonly nameSuffix?: string;
  readonly configurations?: readonly string[];
  readonly labels?: readonly { readonly pairs: Readonly<Record<string, string>> }[];
  readonly patches?: readonly {
    readonly target: { readonly kind: string; readonly name?: string };
    readonly patch: string;
  }[];
}

/** Where objects of a kind are named; a path ends at a text or at a list of texts. */
interface NameReference {
  readonly kind: string;
  readonly fieldSpecs: readonly { readonly kind?: string; readonly path: string }[];
}

const root = join(import.meta.dirname, '..');
const known = ['apiVersion', 'kind', 'resources', 'labels', 'patches', 'nameSuffix', 'configurations'];

/** Of those that kustomize knows by itself, what the manifests have (its namereference.go). */
const knownReferences: readonly NameReference[] = [
  {
    kind: 'ServiceAccount',
    fieldSpecs: [{ path: 'subjects/name' }, { path: 'spec/template/spec/serviceAccountName' }],
  },
  { kind: 'Role', fieldSpecs: [{ path: 'roleRef/name', kind: 'RoleBinding' }] },
  { kind: 'ClusterRole', fieldSpecs: [{ path: 'roleRef/name', kind: 'ClusterRoleBinding' }] },
  { kind: 'Service', fieldSpecs: [{ path: 'webhooks/clientConfig/service/name' }] },
];

function readKustomization(folder: string): Kustomization {
  const kustomization = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'));
  for (const field of Object.keys(kustomization)) {
    if (!known.includes(field)) throw new Error(`${folder}: ${field}: expected one of ${known.join(', ')}`);
  }
  return kustomization;
}

const readResources = (folder: string, { resources = [] }: Kustomization): Manifest[] =>
  resources.flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS()),
  );

function withLabels(manifests: readonly Manifest[], { labels = [] }: Kustomization): Manifest[] {
  const pairs = Object.assign({}, ...labels.map((one) => one.pairs));
  return manifests.map((manifest) => {
    const all = { ...manifest.metadata.labels, ...pairs };
    const metadata = { ...manifest.metadata, ...(Object.keys(all).length > 0 && { labels: all }) };
    return { ...manifest, metadata };
  });
}

function withPatches(manifests: readonly Manifest[], { patches = [] }: Kustomization): Manifest[] {
  return patches.reduce((all, { target, patch }) => {
    const change: unknown = parse(patch);
    const isTarget = ({ kind, metadata }: Manifest): boolean =>
      matches(target.kind, kind) && matches(target.name ?? '.*', metadata.name);
    if (Array.isArray(change)) {
      const operations = change as Operation[];
      return all.map((one) =>
        isTarget(one) ? jsonPatch.applyPatch(structuredClone(one), operations, true).newDocument : one,
      );
    }
    const isDelete = (change as Record<string, unknown>).$patch === 'delete';
    if (!isDelete) throw new Error(`${target.kind}: expected operations, or $patch: delete`);
    return all.filter((one) => !isTarget(one));
  }, manifests as Manifest[]);
}

const matches = (pattern: string, text: string): boolean => new RegExp(`^(?:${pattern})$`).test(text);

/** All names but the Namespace's, and what refers to them. */
function withSuffix(
  folder: string,
  manifests: readonly Manifest[],
  kustomization: Kustomization,
): Manifest[] {
  const { nameSuffix = '', configurations = [] } = kustomization;
  const read = configurations.flatMap(
    (file): NameReference[] => parse(readFileSync(join(folder, file), 'utf8')).nameReference,
  );
  const renamed = manifests.map((one): Manifest => {
    const fields = [...knownReferences, ...read].flatMap(({ kind, fieldSpecs }) =>
      fieldSpecs
        .filter((spec) => (spec.kind ?? one.kind) === one.kind)
        .map(({ path }) => ({ path: path.split('/'), kind })),
    );
    return fields.reduce((object, { path, kind }) => {
      const names = manifests.filter((other) => other.kind === kind).map(({ metadata }) => metadata.name);
      return changeAt(object, path, (text) => (names.includes(text) ? text + nameSuffix : text));
    }, one);
  });
  return renamed.map((one) =>
    one.kind === 'Namespace' ? one : changeAt(one, ['metadata', 'name'], (name) => name + nameSuffix),
  );
}

/** Lists on the way are gone through. */
function changeAt<T>(value: T, path: readonly string[], change: (text: string) => string): T {
  if (Array.isArray(value)) return value.map((one) => changeAt(one, path, change)) as T;
  const [field, ...rest] = path;
  if (field === undefined) return (typeof value === 'string' ? change(value) : value) as T;
  if (typeof value !== 'object' || value === null || !(field in value)) return value;
  return { ...value, [field]: changeAt((value as Record<string, unknown>)[field], rest, change) };
}

/** What a component makes of what comes before it. */
function withComponent(manifests: readonly Manifest[], name: string): Manifest[] {
  const folder = join(base, name);
  const component = readKustomization(folder);
  const patched = withPatches([...manifests, ...readResources(folder, component)], component);
  return withLabels(withSuffix(folder, patched, component), component);
}

const base = join(root, 'manifests');
const ofBase = readKustomization(base);
const current = withLabels(readResources(base, ofBase), ofBase);
const withoutPolicies = withComponent(current, 'kubernetes-1.29');

writeFileSync(
  join(root, 'webhook/installation/rendered.ts'),
  `import type { Manifest } from './manifest.ts';

// Written by tools/manifests.ts.

/** For Kubernetes 1.30 and later. */
export const current: readonly Manifest[] = ${JSON.stringify(current)};

/** For Kubernetes 1.29, which has no admission policies in v1. */
export const withoutPolicies: readonly Manifest[] = ${JSON.stringify(withoutPolicies)};

/** The first of the revision \`canary\`. */
export const currentOfCanary: readonly Manifest[] = ${JSON.stringify(withComponent(current, 'revision'))};

/** The second of the revision \`canary\`. */
export const withoutPoliciesOfCanary: readonly Manifest[] = ${JSON.stringify(withComponent(withoutPolicies, 'revision'))};
`,
);
