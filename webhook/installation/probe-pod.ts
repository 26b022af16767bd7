import { podLabel, revisionLabel } from '../decision/names.ts';
import type { Revision } from '../decision/revision.ts';

/** A pod that the webhook of a revision has to see: to be created in a dry run, in a namespace without labels. */
export const probePod = (revision: Revision): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    generateName: 'outrider-reach-',
    labels: { [podLabel]: 'true', ...(revision !== undefined && { [revisionLabel]: revision }) },
  },
  spec: { containers: [{ name: 'none', image: 'none' }] },
});

/** Whether the API server got an answer of the webhook, by what it says of {@link probePod}: a refusal is one. */
export const isUnreached = (refusal: string): boolean => refusal.includes('failed calling webhook');
