import type { CoreV1Api, V1ObjectReference } from '@kubernetes/client-node';
import { unless } from './unless.ts';

/** A warning that `kubectl describe` shows with the object that it is about. */
export interface EventInput {
  /** Events of the same name are one: replicas that say the same say it once. */
  readonly name: string;
  readonly namespace: string;
  readonly about: V1ObjectReference;
  /** One word in UpperCamelCase, for machines. */
  readonly reason: string;
  readonly message: string;
}

/** The longest message that the API server takes (k8s.io/kubernetes/pkg/apis/core/validation/events.go). */
const longestMessage = 1024;

/** Posts a warning (core/v1 Event), unless it is there already. */
export async function postWarning(
  api: CoreV1Api,
  { name, namespace, about, reason, message }: EventInput,
): Promise<void> {
  const now = new Date();
  const body = {
    metadata: { name, namespace },
    type: 'Warning',
    involvedObject: about,
    reason,
    message: message.length > longestMessage ? `${message.slice(0, longestMessage - 1)}…` : message,
    source: { component: 'outrider-webhook' },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
  await unless(409, api.createNamespacedEvent({ namespace, body }));
}
