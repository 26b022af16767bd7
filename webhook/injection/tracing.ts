import { podAttributes } from '../../proxy/arguments.ts';
import type { Tracing } from '../../proxy/tracing.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Pod } from '../admission/pod.ts';
import { serviceNameOf } from './service-name.ts';

/** How requests of the pod, if there is one, are traced; `undefined` where they are not. */
export function planTracing(pod: Pod | undefined, settings: Settings): Tracing | undefined {
  const { tracingEndpoint: endpoint, tracingSampling: sampling } = settings;
  if (endpoint === undefined) return undefined;
  return pod === undefined
    ? { endpoint, sampling, service: undefined, resource: {} }
    : { endpoint, sampling, service: serviceNameOf(pod), resource: podAttributes };
}
