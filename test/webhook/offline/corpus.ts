import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { podHolders } from '../../../webhook/admission/pod-holders.ts';
import { injectText } from '../../../webhook/offline/inject-text.ts';
import type { Rewritten } from '../../../webhook/offline/rewrite-objects.ts';
import { uninjectText } from '../../../webhook/offline/uninject-text.ts';
import { type AnyPod, injector } from '../pods.ts';

const folder = new URL('corpus/', import.meta.url);

/** Small documents, each written in a way of its own. */
export const corpus: readonly { readonly name: string; readonly text: string }[] = readdirSync(folder)
  .sort()
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));

export const offline = { injector, holders: podHolders, namespace: 'default' };

/** The file after injection, which must not be refused. */
export const injected = (text: string): string => textOf(injectText(text, offline));
export const uninjected = (text: string): string => textOf(uninjectText(text, podHolders));

function textOf(rewritten: Rewritten): string {
  if (!rewritten.ok) throw new Error(rewritten.problems.join('\n'));
  return rewritten.text;
}

type Outcome = { readonly ok: true } | { readonly ok: false; readonly problems: readonly string[] };

export function problemsOf(outcome: Outcome): readonly string[] {
  if (outcome.ok) throw new Error('nothing is wrong with it');
  return outcome.problems;
}

/** All that looks like a pod or a template of one, wherever it is. */
export function podsIn(text: string): AnyPod[] {
  const find = (value: AnyPod): AnyPod[] => {
    if (typeof value !== 'object' || value === null) return [];
    return Array.isArray(value.spec?.containers) ? [value] : Object.values(value).flatMap(find);
  };
  // JSON objects one after another are no YAML: the Service between two of them makes way for a marker.
  const documents = text.replace(/^\{ .*"Service" \} \{$/m, '---\n{');
  return parseAllDocuments(documents, { merge: true, logLevel: 'silent' }).flatMap((document) =>
    find(document.toJS()),
  );
}
