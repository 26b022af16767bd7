import { prefix } from '../../settings/names.ts';
import { describeError } from '../../settings/parse.ts';
import { table } from '../../settings/table.ts';
import { namespaceLabel, podLabel } from '../decision/names.ts';
import { evenLimits } from './even-limits.ts';
import type { Fate, Marked, Row } from './fate.ts';
import type { Mesh } from './mesh.ts';

/** `notes` and `problems`: sentences about the labels and annotations; `renamed`: new keys by those in whose place they come. */
export type Translated =
  | { readonly ok: false; readonly problems: readonly string[] }
  | {
      readonly ok: true;
      readonly marked: Marked;
      readonly renamed: ReadonlyMap<string, string>;
      readonly notes: readonly string[];
      /** Of which something has been translated or taken out. */
      readonly meshes: ReadonlySet<Mesh>;
    };

type Part = 'label' | 'annotation';

/** A label or annotation that comes, and which of theirs says so. */
interface Coming {
  readonly part: Part;
  readonly key: string;
  readonly text: string;
  readonly from: string;
}

/** One label or annotation of theirs, and what becomes of it. */
interface Found {
  readonly mesh: Mesh;
  readonly part: Part;
  readonly key: string;
  readonly text: string;
  readonly fates: readonly Fate[];
}

/** What an object's labels and annotations are with Outrider. All problems come at once. */
export function translate(object: Marked, on: 'pod' | 'namespace', meshes: readonly Mesh[]): Translated {
  const found = findTheirs(object, on, meshes);
  const notes: string[] = [];
  const problems: string[] = [];
  const coming = new Map<string, Coming>();
  for (const { part, key, text, fates } of found) {
    for (const fate of fates) {
      const what = `${part} ${key}${fate.field === undefined ? '' : `, field ${fate.field}`}`;
      const ours = oursFor(fate, on);
      if (ours === undefined) {
        if (fate.kind === 'invalid') problems.push(describe(`${on} ${part}`, key, text, fate.expected));
        else notes.push(`${wordOf(fate)}: ${what}: ${'why' in fate ? fate.why : ''}`);
        continue;
      }
      const wrong = problemOf(ours, fate);
      if (wrong !== undefined) {
        problems.push(describe(`${on} ${part}`, key, text, wrong));
        continue;
      }
      const earlier = coming.get(ours.key);
      if (object[ours.part === 'label' ? 'labels' : 'annotations'][ours.key] !== undefined) {
        notes.push(`not needed: ${what}: ${ours.key} is there already`);
      } else if (earlier === undefined) {
        coming.set(ours.key, { ...ours, from: key });
        const but = 'but' in fate && fate.but !== undefined ? `: ${fate.but}` : '';
        notes.push(`translated: ${what} to ${ours.part} ${ours.key}=${ours.text}${but}`);
      } else if (earlier.text === ours.text) {
        notes.push(`not needed: ${what}: ${earlier.from} says the same`);
      } else {
        problems.push(
          `${what}: says ${ours.key}=${ours.text}, and ${earlier.from} says ${earlier.text}: remove one of them`,
        );
      }
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  const evened = evenLimits((key) => coming.get(key)?.text ?? object.annotations[key]).map(
    (one): Coming => ({ part: 'annotation', ...one }),
  );
  notes.push(...evened.map(({ key, text, from }) => `added: annotation ${key}=${text}, beside ${from}`));
  const gone = found.filter(({ fates }) => fates.every(goes));
  return {
    ok: true,
    notes,
    meshes: new Set(gone.map(({ mesh }) => mesh)),
    ...apply(object, gone, [...coming.values(), ...evened]),
  };
}

function findTheirs(object: Marked, on: 'pod' | 'namespace', meshes: readonly Mesh[]): readonly Found[] {
  const of = (part: Part, texts: Readonly<Record<string, string>>): Found[] =>
    Object.entries(texts).flatMap(([key, text]) => {
      const mesh = meshes.find(({ owns }) => owns(key));
      if (mesh === undefined) return [];
      const rows = mesh.rows.filter((row) => isKeyOf(row, key));
      const row = rows.find((one) => one.as === part && one.on.includes(on));
      return [{ mesh, part, key, text, fates: row?.fatesOf(text, object) ?? [unread(mesh, part, on, rows)] }];
    });
  return [...of('label', object.labels), ...of('annotation', object.annotations)];
}

export const isKeyOf = (row: Row, key: string): boolean =>
  row.key.endsWith('*') ? key.startsWith(row.key.slice(0, -1)) : key === row.key;

/** A key without a row: not known at all, or not read here. */
function unread({ name }: Mesh, part: Part, on: 'pod' | 'namespace', rows: readonly Row[]): Fate {
  const why =
    rows.length === 0
      ? `it is not known to outrider migrate`
      : `${name} does not read this ${part} on a ${on}`;
  return { kind: 'no-equivalent', why };
}

const wordOf = ({ kind }: Fate): string =>
  kind === 'not-needed' ? 'not needed' : kind === 'harmless' ? 'stays' : 'no equivalent';

const goes = ({ kind }: Fate): boolean => kind !== 'no-equivalent' && kind !== 'harmless';

function oursFor(fate: Fate, on: 'pod' | 'namespace'): Omit<Coming, 'from'> | undefined {
  if (fate.kind === 'setting') {
    return { part: 'annotation', key: `${prefix}${fate.key}`, text: fate.text };
  }
  if (fate.kind !== 'injection') return undefined;
  return on === 'pod'
    ? { part: 'label', key: podLabel, text: `${fate.wanted}` }
    : { part: 'label', key: namespaceLabel, text: fate.wanted ? 'enabled' : 'disabled' };
}

/** What was expected of a text that Outrider could not read. */
function problemOf({ text }: Omit<Coming, 'from'>, fate: Fate): string | undefined {
  if (fate.kind !== 'setting') return undefined;
  const parsed = table.find(({ key }) => key === fate.key)?.parse(text);
  return parsed === undefined || parsed.ok ? undefined : parsed.expected;
}

const describe = (source: string, name: string, text: string, expected: string): string =>
  describeError({ source, name, text, expected });

function apply(
  object: Marked,
  gone: readonly Found[],
  coming: readonly Coming[],
): { readonly marked: Marked; readonly renamed: ReadonlyMap<string, string> } {
  const rest = (part: Part, texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
    const keys = new Set(gone.filter((one) => one.part === part).map(({ key }) => key));
    const ours = coming.filter((one) => one.part === part).map(({ key, text }) => [key, text]);
    if (keys.size === 0 && ours.length === 0) return texts;
    const others = Object.entries(texts).filter(([key]) => !keys.has(key));
    return Object.fromEntries([...others, ...ours]);
  };
  return {
    marked: {
      labels: rest('label', object.labels),
      annotations: rest('annotation', object.annotations),
    },
    renamed: new Map(coming.map(({ key, from }) => [key, from])),
  };
}
