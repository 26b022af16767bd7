import { familiesOf } from '../../settings/settings.ts';
import type { Injector } from '../admission/inject-review.ts';
import { objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { initContainer } from '../injection/names.ts';

/**
 * What a pod's own init container tells of the webhook that injected it, and what only that webhook knows: its image and
 * the families of its cluster. Nothing where the pod has no such container.
 */
export function readPresentInjector(pod: unknown): Partial<Pick<Injector, 'initImage' | 'families'>> {
  const containers = valueAt(pod, ['spec', 'initContainers']);
  const init = objectsOf(containers).find(({ name }) => name === initContainer);
  if (init === undefined) return {};
  const families = readFamilies(init.env);
  return {
    ...(typeof init.image === 'string' && { initImage: init.image }),
    ...(families && { families }),
  };
}

function readFamilies(env: unknown): Injector['families'] | undefined {
  const variable = objectsOf(env).find(({ name }) => name === 'OUTRIDER_CONFIG');
  const families = valueAt(parse(valueAt(variable, ['value'])), ['ip-families']);
  return families === 'ipv4' || families === 'ipv6' || families === 'dual' ? familiesOf(families) : undefined;
}

function parse(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
