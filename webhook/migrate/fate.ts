import { parse } from 'yaml';

/** What becomes of one label or annotation of another mesh, or of one field in its text. */
export type Fate = { readonly field?: string } & (
  | { readonly kind: 'setting'; readonly key: string; readonly text: string; readonly but?: string }
  /** Our own label: `wanted`, whether it asks for a proxy. */
  | { readonly kind: 'injection'; readonly wanted: boolean; readonly but?: string }
  | { readonly kind: 'not-needed'; readonly why: string }
  /** It stays in the file, so that it is told each time until somebody has decided. */
  | { readonly kind: 'no-equivalent'; readonly why: string }
  /** It stays as well, and nobody has to decide anything. */
  | { readonly kind: 'harmless'; readonly why: string }
  | { readonly kind: 'invalid'; readonly expected: string }
);

/** The labels and annotations of a pod, a template or a namespace. */
export interface Marked {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A key of another mesh, where that mesh reads it. */
export interface Row {
  /** With a `*` at its end: whatever begins so. */
  readonly key: string;
  readonly as: 'label' | 'annotation';
  readonly on: readonly ('pod' | 'namespace')[];
  readonly fatesOf: (text: string, object: Marked) => readonly Fate[];
}

type FatesOf = Row['fatesOf'];

export const toSetting =
  (key: string, but?: string): FatesOf =>
  (text) => [{ kind: 'setting', key, text, ...(but && { but }) }];

/** `words`: theirs, and ours in their place. */
export const toWord =
  (key: string, words: Readonly<Record<string, string>>, but?: string): FatesOf =>
  (text) => {
    const word = Object.hasOwn(words, text) ? words[text] : undefined;
    return word === undefined
      ? [{ kind: 'invalid', expected: `one of ${Object.keys(words).join(', ')}` }]
      : [{ kind: 'setting', key, text: word, ...(but && { but }) }];
  };

export const notNeeded =
  (why: string): FatesOf =>
  () => [{ kind: 'not-needed', why }];

export const noEquivalent =
  (why: string): FatesOf =>
  () => [{ kind: 'no-equivalent', why }];

export const harmless =
  (why: string): FatesOf =>
  () => [{ kind: 'harmless', why }];

/** A duration as Go writes it, `5s` or `1m30s`, in whole seconds; a part of one counts as a whole. */
export const toSeconds =
  (key: string, but?: string): FatesOf =>
  (text) => {
    if (!/^(?:[0-9]+(?:\.[0-9]+)?(?:h|m|s|ms))+$/.test(text)) {
      return [{ kind: 'invalid', expected: 'a duration such as 5s or 1m30s' }];
    }
    const lengths: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
    const parts = [...text.matchAll(/([0-9.]+)(h|ms|m|s)/g)];
    const seconds = parts.reduce(
      (sum, [, count, unit = '']) => sum + Number(count) * (lengths[unit] ?? 0),
      0,
    );
    return [{ kind: 'setting', key, text: `${Math.ceil(seconds)}`, ...(but && { but }) }];
  };

/** A text that is YAML or JSON; `undefined` where it is neither. */
export function readYaml(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
}
