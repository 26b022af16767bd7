import { type CheckedText, type CheckInput, checkText } from './check-text.ts';
import { readPresentInjector } from './present-injection.ts';

/**
 * {@link checkText}, of an object of a cluster and its namespace. A pod that is injected is compared with what the same
 * webhook would inject today.
 */
export function checkState(
  { object, namespace }: { readonly object: object; readonly namespace: object },
  input: Pick<CheckInput, 'injector' | 'holders'>,
): CheckedText {
  const list = { apiVersion: 'v1', kind: 'List', items: [namespace, object] };
  const result = checkText(JSON.stringify(list), {
    ...input,
    namespace: '',
    namespaceLabel: undefined,
    present: readPresentInjector,
  });
  return result.ok
    ? { ok: true, checked: result.checked.map(({ where: _, ...one }) => one) }
    : { ok: false, problems: result.problems.map((problem) => problem.replace(/^document 1 .*?\], /, '')) };
}
