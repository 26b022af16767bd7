import { prefix } from '../../settings/names.ts';
import type { RedirectMode } from '../../settings/settings.ts';
import { initCapabilities } from '../injection/init-container.ts';
import { initContainer, proxyContainer } from '../injection/names.ts';
import { transparentCapabilities } from '../injection/privileges.ts';
import * as names from './names.ts';

/** Labels of a namespace by which Pod Security (k8s.io/pod-security-admission) refuses pods, or warns of them. */
const modes = [
  { label: 'pod-security.kubernetes.io/enforce', does: 'refuses' },
  { label: 'pod-security.kubernetes.io/warn', does: 'warns of' },
] as const;

/** Both forbid capabilities beyond those that container runtimes grant by default. */
const levels: readonly (string | undefined)[] = ['baseline', 'restricted'];

/**
 * What Pod Security will say of an injected pod, by name: its own words, which come after every webhook's, do not tell
 * whose container it was and what to do.
 */
export function warnOfPodSecurity(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  mode: RedirectMode,
): string[] {
  return modes
    .filter(({ label }) => levels.includes(labels[label]))
    .slice(0, 1)
    .flatMap(({ label, does }) => {
      const says = (container: string, capabilities: readonly string[]): string =>
        `namespace ${namespace}: Pod Security "${labels[label]}" ${does} container ${container} for ${capabilities.join(', ')}`;
      const remedy = `label it ${label}=privileged, or the pod ${names.podLabel}=false`;
      return [
        `${says(initContainer, initCapabilities)}: ${remedy}`,
        ...(mode === 'tproxy'
          ? [`${says(proxyContainer, transparentCapabilities)}, by ${prefix}redirect-mode=tproxy`]
          : []),
      ];
    });
}
