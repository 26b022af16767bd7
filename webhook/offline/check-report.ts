import type { Explanation } from '../admission/explain-pod.ts';
import { namespaceLabel } from '../decision/names.ts';
import type { Checked } from './check-text.ts';

/** For people: a paragraph for each pod, its decision first. */
export const renderChecked = (checked: readonly Checked[]): string =>
  checked.map((one) => `${paragraph(one).join('\n')}\n`).join('\n');

function paragraph(checked: Checked): string[] {
  const { where, object, namespace, explanation } = checked;
  const { decision, message, warnings } = explanation;
  return [
    `${where === undefined ? '' : `${where}, `}${object}: ${decision}: ${message}`,
    `  namespace  ${describeNamespace(namespace)}`,
    ...ruleLines(explanation),
    ...settingLines(explanation),
    ...proxyLines(checked),
    ...warnings.map((warning) => `  warning    ${warning}`),
  ];
}

function describeNamespace({ name, label, known }: Checked['namespace']): string {
  const labelled = label === undefined ? 'without a label' : `labelled ${namespaceLabel}=${label}`;
  return known === 'read'
    ? `${name}, ${labelled}`
    : `${name}, taken for one ${labelled}: it is not in the file`;
}

function ruleLines({ rules }: Explanation): string[] {
  const width = Math.max(...rules.map(({ rule }) => rule.length));
  return rules.map(
    ({ rule, outcome, message }) => `  ${outcome.padEnd(9)}  ${rule.padEnd(width)}  ${message}`,
  );
}

function settingLines({ settings }: Explanation): string[] {
  const given = settings.filter(({ source }) => source !== 'default');
  const rest = settings.length - given.length;
  return [
    ...given.map(({ key, value, source }) => `  setting    ${key}=${value} (${source})`),
    ...(rest > 0
      ? [`  setting    ${given.length > 0 ? `${rest} others` : 'all'} are at their defaults`]
      : []),
  ];
}

/** A pod that exists changes no more: who wonders why it has no proxy, or an old one, is told so. */
function proxyLines({ where, object, proxy, explanation: { decision } }: Checked): string[] {
  const exists = where === undefined && object.startsWith('Pod/');
  const remedy = exists ? ': delete the pod, and it is made anew' : '';
  switch (proxy) {
    case 'present':
      return ['  proxy      is there already'];
    case 'outdated':
      return [`  proxy      is there, but not as it would be injected today${remedy}`];
    case 'absent':
      return exists && decision === 'inject'
        ? [`  proxy      is not there: the pod is older than what injects it${remedy}`]
        : [];
  }
}

/** For machines: everything, every default too. */
export const renderCheckedJson = (checked: readonly Checked[]): string =>
  `${JSON.stringify({ checked: checked.map(({ explanation, ...one }) => ({ ...one, ...explanation })) }, null, 2)}\n`;
