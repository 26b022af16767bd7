import type { Settings } from '../../settings/settings.ts';
import { objectOf } from '../admission/json.ts';
import type { Pod } from '../admission/pod.ts';
import type { Heard } from './inject.ts';
import { findPresentProxy, givenBefore } from './present-proxy.ts';
import { renderResources } from './proxy-container.ts';
import { amountOf, mergeResources } from './resources.ts';

/** In cores, and in bytes. */
export interface HeldLimits {
  readonly cpu: number;
  readonly memory: number;
}

/**
 * What the proxy's container will be held to: the setting's limits, or where others are heard what they have made of
 * them. Its bootstrap and its arguments are rendered for that.
 */
export function findHeldLimits(pod: Pod, settings: Settings, heard: Heard): HeldLimits {
  const rendered = renderResources(settings, pod.limits);
  const present = heard === 'everybody' ? findPresentProxy(pod) : undefined;
  const { limits } =
    present === undefined
      ? rendered
      : mergeResources(rendered, objectOf(present.json.resources), givenBefore(present));
  const { cpu, memory } = objectOf(limits);
  return {
    cpu: amountOf(cpu) ?? settings.proxyCpuLimit.value,
    memory: amountOf(memory) ?? settings.proxyMemoryLimit.value,
  };
}
