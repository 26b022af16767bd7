/**
 * Writes webhook/installation/rendered.ts: what `kubectl kustomize` makes of manifests/, and of its component for
 * Kubernetes 1.29, for the executable to carry. It knows as much of kustomize as the manifests use, and says so where
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
  readonly resources: readonly string[];
  readonly labels?: readonly { readonly pairs: Readonly<Record<string, string>> }[];
  readonly patches?: readonly {
    readonly target: { readonly kind: string; readonly name?: string };
    readonly patch: string;
  }[];
}

const root = join(import.meta.dirname, '..');
const known = ['apiVersion', 'kind', 'resources', 'labels', 'patches'];

function readKustomization(folder: string): Kustomization {
  const kustomization = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'));
  for (const field of Object.keys(kustomization)) {
    if (!known.includes(field)) throw new Error(`${folder}: ${field}: expected one of ${known.join(', ')}`);
  }
  return kustomization;
}

const readResources = (folder: string, { resources }: Kustomization): Manifest[] =>
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
      kind === target.kind && (target.name ?? metadata.name) === metadata.name;
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

const base = join(root, 'manifests');
const component = join(base, 'kubernetes-1.29');
const ofBase = readKustomization(base);
const ofComponent = readKustomization(component);
const current = withLabels(readResources(base, ofBase), ofBase);
const withoutPolicies = withLabels(
  withPatches([...current, ...readResources(component, ofComponent)], ofComponent),
  ofComponent,
);

writeFileSync(
  join(root, 'webhook/installation/rendered.ts'),
  `import type { Manifest } from './manifest.ts';

// Written by tools/manifests.ts.

/** For Kubernetes 1.30 and later. */
export const current: readonly Manifest[] = ${JSON.stringify(current)};

/** For Kubernetes 1.29, which has no admission policies in v1. */
export const withoutPolicies: readonly Manifest[] = ${JSON.stringify(withoutPolicies)};
`,
);
