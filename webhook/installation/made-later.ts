import { configMapName } from '../decision/config.ts';
import { nameIn, type Revision } from '../decision/revision.ts';
import type { ObjectName } from './manifest.ts';

/** What is no manifest, and made while Outrider runs, by it or by its user: it goes with the installation. */
export const madeLater = (namespace: string, revision: Revision): readonly ObjectName[] =>
  (
    [
      ['v1', 'Secret', nameIn(revision, 'outrider-ca')],
      ['v1', 'Secret', nameIn(revision, 'outrider-webhook-certificates')],
      ['v1', 'ConfigMap', configMapName(revision)],
      ['coordination.k8s.io/v1', 'Lease', nameIn(revision, 'outrider-auditor')],
    ] as const
  ).map(([apiVersion, kind, name]) => ({ apiVersion, kind, metadata: { name, namespace } }));
