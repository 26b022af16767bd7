import { type CheckedText, type CheckInput, checkText } from './check-text.ts';

/** {@link checkText}, of an object of a cluster and its namespace. */
export function checkState(
  { object, namespace }: { readonly object: object; readonly namespace: object },
  input: Omit<CheckInput, 'namespace' | 'namespaceLabel'>,
): CheckedText {
  const list = { apiVersion: 'v1', kind: 'List', items: [namespace, object] };
  const result = checkText(JSON.stringify(list), { ...input, namespace: '', namespaceLabel: undefined });
  return result.ok
    ? { ok: true, checked: result.checked.map(({ where: _, ...one }) => one) }
    : { ok: false, problems: result.problems.map((problem) => problem.replace(/^document 1 .*?\], /, '')) };
}
