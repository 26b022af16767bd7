import type { CoreV1Api } from '@kubernetes/client-node';
import type { WarningEvent } from '../admission/denial.ts';
import { unless } from './unless.ts';

/** The longest message that the API server takes (k8s.io/kubernetes/pkg/apis/core/validation/events.go). */
const longestMessage = 1024;

/** Posts an Event (core/v1), by default a warning, unless it is there already. */
export async function postWarning(
  api: CoreV1Api,
  { type, name, namespace, about, reason, message }: WarningEvent,
  source: string,
): Promise<void> {
  const now = new Date();
  const body = {
    metadata: { name, namespace },
    type: type ?? 'Warning',
    involvedObject: about,
    reason,
    message: message.length > longestMessage ? `${message.slice(0, longestMessage - 1)}…` : message,
    source: { component: source },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
  await unless(409, api.createNamespacedEvent({ namespace, body }));
}
