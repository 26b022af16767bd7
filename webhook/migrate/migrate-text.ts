import { isObject, type JsonObject, objectOf, objectsOf } from '../admission/json.ts';
import { type PodHolder, valueAt } from '../admission/pod-holders.ts';
import { readTexts } from '../admission/texts.ts';
import type { Place } from '../offline/find-pods.ts';
import { type Change, type Rewritten, rewriteObjects } from '../offline/rewrite-objects.ts';
import type { Marked } from './fate.ts';
import { istio } from './istio.ts';
import { kuma } from './kuma.ts';
import { linkerd } from './linkerd.ts';
import type { Mesh } from './mesh.ts';
import { describeMisplaced } from './misplaced.ts';
import { describeOther } from './other-objects.ts';
import { translate } from './translate.ts';

const nothing = 'nothing of another mesh: unchanged';

export const meshes: readonly Mesh[] = [istio, linkerd, kuma];

/** The file with the labels and annotations of other meshes in Outrider's words, and no byte of anything else changed. */
export function migrateText(text: string, holders: readonly PodHolder[]): Rewritten {
  const left = new Set<Mesh>();
  const migrated = rewriteObjects(text, holders, (object) => {
    if (object.kind === 'other') return { kind: 'keep', notes: describeOther(object.json, meshes) };
    if (object.kind === 'namespace') return changeOf(object.place, 'namespace', left);
    const { holder, json } = object.pod;
    const misplaced = holder === json ? [] : describeMisplaced(holder, meshes);
    return alsoTelling(misplaced, changeOfPod(object.pod, left));
  });
  if (!migrated.ok) return migrated;
  const misses = [...left].map(({ misses }) => `note: ${misses} (docs/migrate.md)`);
  return { ...migrated, notes: [...migrated.notes, ...misses] };
}

function alsoTelling(more: readonly string[], change: Change): Change {
  if (change.kind === 'refuse' || more.length === 0) return change;
  const nothingElse = change.kind === 'keep' && change.notes.every((note) => note === nothing);
  return { ...change, notes: [...more, ...(nothingElse ? [] : change.notes)] };
}

function changeOfPod(place: Place, left: Set<Mesh>): Change {
  const { json } = place;
  const templates = valueAt(json, ['metadata', 'annotations', 'inject.istio.io/templates']);
  if (typeof templates === 'string' && templates.split(',').includes('gateway')) {
    return { kind: 'keep', notes: ['is a gateway of Istio, and Outrider has none: unchanged'] };
  }
  const rendered = describeRendered(json);
  return rendered.length > 0 ? { kind: 'refuse', problems: rendered } : changeOf(place, 'pod', left);
}

/** Sidecars that are in the file already, and not added to the pod by a webhook. */
function describeRendered(pod: JsonObject): string[] {
  return ['initContainers', 'containers'].flatMap((field) =>
    objectsOf(valueAt(pod, ['spec', field])).flatMap(({ name, image }) => {
      const mesh = meshes.find(({ containers }) => containers.some((one) => one === name));
      if (mesh === undefined) return [];
      const remedy =
        image === 'auto'
          ? 'what it says of the proxy goes into a container outrider-proxy (docs/overriding-the-proxy.md)'
          : mesh.wayBack;
      return [`spec.${field}: the container ${name} is ${mesh.name}'s: ${remedy}`];
    }),
  );
}

function changeOf(place: Place, on: 'pod' | 'namespace', left: Set<Mesh>): Change {
  const { json } = place;
  const metadata = objectOf(json.metadata);
  const labels = readTexts(metadata.labels, 'metadata.labels');
  const annotations = readTexts(metadata.annotations, 'metadata.annotations');
  if (!labels.ok || !annotations.ok) {
    const problems = [labels, annotations].flatMap((texts) => (texts.ok ? [] : texts.problems));
    return { kind: 'refuse', problems };
  }
  const marked: Marked = { labels: labels.texts, annotations: annotations.texts };
  const translated = translate(marked, on, meshes);
  if (!translated.ok) return { kind: 'refuse', problems: translated.problems };
  const selected = findSelected(place, marked, translated.marked);
  if (selected.length > 0) return { kind: 'refuse', problems: selected };
  for (const mesh of translated.meshes) left.add(mesh);
  const { notes } = translated;
  if (notes.length === 0) return { kind: 'keep', notes: [nothing] };
  const fields = { labels: translated.marked.labels, annotations: translated.marked.annotations };
  const after = { ...json, metadata: withFields(metadata, fields, marked) };
  const same = fields.labels === marked.labels && fields.annotations === marked.annotations;
  return same ? { kind: 'keep', notes } : { kind: 'change', json: after, notes, renamed: translated.renamed };
}

/** A mapping that ends up empty goes: `annotations:` alone would be another value. */
function withFields(metadata: JsonObject, after: Marked, before: Marked): JsonObject {
  const changed = (['labels', 'annotations'] as const).filter((field) => after[field] !== before[field]);
  const others = Object.entries(metadata).filter(([field]) => !changed.some((one) => one === field));
  const ours = changed
    .filter((field) => Object.keys(after[field]).length > 0)
    .map((field) => [field, after[field]]);
  return Object.fromEntries([...others, ...ours]);
}

/** A workload selects its pods by labels, which then cannot go; and nobody can change the selector of one that is there. */
function findSelected({ document, path }: Place, before: Marked, after: Marked): string[] {
  const holder = path
    .slice(0, -1)
    .reduce<unknown>(
      (at, token) => (isObject(at) || Array.isArray(at) ? (at as Record<string, unknown>)[token] : undefined),
      document.json,
    );
  const selector = path.at(-1) === 'template' ? valueAt(holder, ['selector']) : undefined;
  const selected = { ...objectOf(selector), ...objectOf(valueAt(selector, ['matchLabels'])) };
  return Object.keys(before.labels)
    .filter((key) => after.labels[key] === undefined && Object.hasOwn(selected, key))
    .map(
      (key) =>
        `spec.selector: selects by the label ${key}, which goes: remove it there, and make the object anew`,
    );
}
