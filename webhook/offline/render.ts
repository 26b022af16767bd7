import { stringify } from 'yaml';
import type { Page } from './page.ts';
import { Verbatim } from './verbatim.ts';

/** What comes into a collection; a `key` for a mapping. A {@link Verbatim} value is the text of the whole entry. */
export interface Fresh {
  readonly key: string | undefined;
  readonly value: unknown;
}

/** Kubernetes reads YAML 1.1: there `off` is no text. */
const asKubernetesReads = { compat: 'yaml-1.1', lineWidth: 0, blockQuote: false } as const;
const onOneLine = { ...asKubernetesReads, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER };

/** An entry of a block collection, as whole lines. */
export function renderLines({ key, value }: Fresh, column: number, page: Page): string {
  if (value instanceof Verbatim) return value.text;
  const options = { ...onOneLine, indent: page.step, indentSeq: page.indentLists };
  const text = stringify(key === undefined ? [value] : { [key]: value }, options);
  const lines = text.trimEnd().split('\n');
  return lines.map((line) => `${' '.repeat(column)}${line}${page.lineEnd}`).join('');
}

/** A value on one line, in a block collection. */
export function renderInline(value: unknown): string {
  return typeof value === 'object'
    ? renderFlow(value, { kind: 'line', compact: false })
    : stringify(value, onOneLine).trimEnd();
}

/** How a flow collection (JSON, too) is written: on one line or with a line for each entry. */
export type FlowStyle =
  | { readonly kind: 'line'; readonly compact: boolean }
  | { readonly kind: 'lines'; readonly indent: string; readonly unit: string; readonly lineEnd: string };

/** JSON, which is a flow collection of YAML as well. */
export function renderFlow(value: unknown, style: FlowStyle): string {
  if (style.kind === 'lines') {
    return JSON.stringify(value, null, style.unit).replaceAll('\n', `${style.lineEnd}${style.indent}`);
  }
  if (style.compact || typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => renderFlow(item, style)).join(', ')}]`;
  const pairs = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${renderFlow(item, style)}`,
  );
  return `{${pairs.join(', ')}}`;
}

export function renderFlowEntry({ key, value }: Fresh, style: FlowStyle): string {
  if (value instanceof Verbatim) return value.text;
  if (key === undefined) return renderFlow(value, style);
  const space = style.kind === 'line' && style.compact ? '' : ' ';
  return `${JSON.stringify(key)}:${space}${renderFlow(value, style)}`;
}
