import { podHolders } from '../../../webhook/admission/pod-holders.ts';
import { migrateText } from '../../../webhook/migrate/migrate-text.ts';
import { type AnyPod, pod } from '../pods.ts';

export function migrated(text: string): { readonly text: string; readonly notes: readonly string[] } {
  const result = migrateText(text, podHolders);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result;
}

export function refusal(text: string): readonly string[] {
  const result = migrateText(text, podHolders);
  if (result.ok) throw new Error(`nothing is wrong with it: ${result.notes.join('\n')}`);
  return result.problems;
}

/** A pod, and what it is then. */
export const migratedPod = (metadata: object, spec: object = {}): AnyPod =>
  JSON.parse(migrated(JSON.stringify(pod({ metadata, spec }))).text);

export const migratedNamespace = (metadata: object): AnyPod =>
  JSON.parse(
    migrated(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', ...metadata } }))
      .text,
  );

/** What becomes of a key: settings in its place; or it goes, or stays, and a word of the report tells why. */
export type Expected = Readonly<Record<string, string>> | 'not needed' | 'no equivalent' | 'stays';

/** A key as a user writes it, with a value, and what is expected of it. */
export type Example = readonly [key: string, text: string, expected: Expected];

/** A Deployment with these lines in the metadata of its template, and at its end. */
export const deployment = (metadata: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels:
        app: web
${metadata}    spec:
      containers:
        - name: web
          image: web:1
${more}`;
