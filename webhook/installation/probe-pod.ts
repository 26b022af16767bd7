import { podLabel } from '../decision/names.ts';

/** A pod that the webhook has to see: to be created in a dry run, in a namespace without the label. */
export const probePod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'outrider-reach-', labels: { [podLabel]: 'true' } },
  spec: { containers: [{ name: 'none', image: 'none' }] },
};

/** Whether the API server got an answer of the webhook, by what it says of {@link probePod}: a refusal is one. */
export const isUnreached = (refusal: string): boolean => refusal.includes('failed calling webhook');
