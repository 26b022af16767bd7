import type { Finding } from '../../../webhook/audit/finding.ts';

/** A pod of the Deployment `web` that has no proxy. */
export const finding = (given: Partial<Finding & { since: number }> = {}): Finding & { since: number } => ({
  uid: 'u-1',
  namespace: 'shop',
  pod: 'web-1',
  state: 'missing',
  message: 'no proxy',
  controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d4f', namespace: 'shop', uid: 'u-rs' },
  templateHash: '5d4f',
  event: {
    name: 'outrider.1',
    namespace: 'shop',
    about: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d4f', namespace: 'shop' },
    reason: 'ProxyMissing',
    message: 'outrider: no proxy',
  },
  since: 0,
  ...given,
});
