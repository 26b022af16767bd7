import type { JsonObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { type Ticket, ticketAnnotation } from '../audit/ticket.ts';
import { nameIn, type Revision } from '../decision/revision.ts';
import type { Api } from './api.ts';
import { ApiError } from './api-error.ts';

/** The Lease that holds the ticket of all replicas. */
export interface RestartLease {
  read(): Promise<JsonObject | undefined>;
  /** @returns false where another replica was faster. @param lease as it was read. */
  take(lease: JsonObject | undefined, ticket: Ticket): Promise<boolean>;
  /** The restart is over. @returns false where another replica was faster. */
  close(lease: JsonObject | undefined): Promise<boolean>;
}

const labels = { 'app.kubernetes.io/name': 'outrider', 'app.kubernetes.io/part-of': 'outrider' };

export function restartLease(
  api: Api,
  at: { readonly namespace: string; readonly revision: Revision; readonly identity: string },
): RestartLease {
  const { namespace, identity } = at;
  const name = nameIn(at.revision, 'outrider-auditor');
  const all = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  // The resourceVersion makes a write fail when another replica has written since.
  const patch = (lease: JsonObject | undefined, annotation: string | null, spec: object): Promise<boolean> =>
    unlessConflict(
      api.send(
        'PATCH',
        `${all}/${name}`,
        {
          metadata: {
            resourceVersion: valueAt(lease, ['metadata', 'resourceVersion']),
            annotations: { [ticketAnnotation]: annotation },
          },
          spec,
        },
        'merge-patch+json',
      ),
    );
  return {
    read: () => api.get(`${all}/${name}`),
    take(lease, ticket) {
      const text = JSON.stringify(ticket);
      // A MicroTime has six digits.
      const spec = { holderIdentity: identity, renewTime: ticket.at.replace('Z', '000Z') };
      if (lease !== undefined) return patch(lease, text, spec);
      const metadata = { name, namespace, labels, annotations: { [ticketAnnotation]: text } };
      const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
      return unlessConflict(api.send('POST', all, body));
    },
    close: (lease) => patch(lease, null, {}),
  };
}

async function unlessConflict(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'conflict') return false;
    throw error;
  }
}
