import type { Settings } from '../../settings/settings.ts';
import type { JsonObject } from '../admission/json.ts';
import type { Pod } from '../admission/pod.ts';

/**
 * How long the proxy stays at least, from the deletion of the pod on. Kubernetes refuses a sleep that is longer than the
 * grace period, after which nothing of the pod is left anyway.
 */
export const planDrain = ({ gracePeriodSeconds }: Pod, { drainSeconds }: Settings): number =>
  Math.min(drainSeconds, gracePeriodSeconds);

/** The field `lifecycle` of the proxy; none where it need not stay. Stock Envoy's image has no `sleep` to execute. */
export const renderDrain = (seconds: number): JsonObject =>
  seconds > 0 ? { lifecycle: { preStop: { sleep: { seconds } } } } : {};
