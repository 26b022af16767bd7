import type { CoreV1Api } from '@kubernetes/client-node';
import type { WarningEvent } from '../admission/denial.ts';
import { unless } from './unless.ts';

/** The longest message that the API server takes (k8s.io/kubernetes/pkg/apis/core/validation/events.go). */
const longestMessage = 1024;

/** Posts a warning (core/v1 Event), unless it is there already. */
export async function postWarning(
  api: CoreV1Api,
  { name, namespace, about, reason, message }: WarningEvent,
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
