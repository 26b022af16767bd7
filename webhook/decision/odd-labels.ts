import * as names from './names.ts';
import type { Subject } from './rules.ts';

const counts = 'it counts as none';

/** Labels of ours whose value is a word that we do not know, and which count as none: the webhook is never called. */
export function findOddLabels({ namespace, namespaceLabel, pod }: Subject): readonly string[] {
  const podLabel = pod.labels[names.podLabel];
  // In an enabled namespace it is denied, which is told as the decision.
  const ofPod =
    namespaceLabel === 'enabled' || podLabel === undefined || ['true', 'false'].includes(podLabel)
      ? []
      : [
          `label ${names.podLabel}: ${JSON.stringify(podLabel)} is not valid: expected true or false: ${counts}`,
        ];
  return [...findOddNamespaceLabel(namespace, namespaceLabel), ...ofPod];
}

export const findOddNamespaceLabel = (namespace: string, label: string | undefined): readonly string[] =>
  label === undefined || ['enabled', 'disabled'].includes(label)
    ? []
    : [
        `label ${names.namespaceLabel} of namespace ${namespace}: ${JSON.stringify(label)} is not valid: expected enabled or disabled: ${counts}`,
      ];
