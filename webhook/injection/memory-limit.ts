import type { Settings } from '../../settings/settings.ts';
import { objectOf } from '../admission/json.ts';
import type { Pod } from '../admission/pod.ts';
import type { Heard } from './inject.ts';
import { findPresentProxy, givenBefore } from './present-proxy.ts';
import { renderResources } from './proxy-container.ts';
import { amountOf, mergeResources } from './resources.ts';

/**
 * The memory that the proxy's container will be held to, in bytes: the setting's, or where others are heard what they
 * have made of it. Its bootstrap is rendered for that.
 */
export function findMemoryLimit(pod: Pod, settings: Settings, heard: Heard): number {
  const rendered = renderResources(settings, pod.limits);
  const present = heard === 'everybody' ? findPresentProxy(pod) : undefined;
  const { limits } =
    present === undefined
      ? rendered
      : mergeResources(rendered, objectOf(present.json.resources), givenBefore(present));
  return amountOf(objectOf(limits).memory) ?? settings.proxyMemoryLimit.value;
}
