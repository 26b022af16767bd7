import { isObject } from './json.ts';

export type ReadTexts =
  | { readonly ok: true; readonly texts: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problems: readonly string[] };

/** A mapping of texts to texts, or nothing; `field` names it. */
export function readTexts(value: unknown, field: string): ReadTexts {
  const texts = value ?? {};
  if (!isObject(texts)) return { ok: false, problems: [`${field}: expected an object`] };
  const problems = Object.entries(texts).flatMap(([key, text]) =>
    typeof text === 'string'
      ? []
      : `${field}[${key}]: ${shorten(JSON.stringify(text))} is not valid: expected a string: put it in quotes`,
  );
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, texts: texts as Readonly<Record<string, string>> };
}

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
