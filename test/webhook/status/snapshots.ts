import { readFileSync } from 'node:fs';
import type { Namespace } from '../../../webhook/admission/inject-review.ts';
import type { Snapshot } from '../../../webhook/status/snapshot.ts';
import type { StatusInput } from '../../../webhook/status/status.ts';
import { type AnyPod, inject, pod } from '../pods.ts';

/** Valid through the year 2026. */
const certificate = readFileSync(new URL('certificate.pem', import.meta.url), 'utf8');

export const input: StatusInput = {
  version: '0.1.0',
  outriderNamespace: 'outrider-system',
  secret: 'outrider-webhook-certificates',
  now: new Date('2026-06-01T00:00:00Z'),
};

export const deployment = (ready: number, image = 'outrider:0.1.0'): AnyPod => ({
  metadata: { name: 'outrider-webhook', namespace: 'outrider-system' },
  spec: {
    replicas: 2,
    template: {
      spec: {
        containers: [{ name: 'webhook', image, env: [{ name: 'OUTRIDER_INIT_IMAGE', value: image }] }],
      },
    },
  },
  status: { readyReplicas: ready },
});

export const configuration = (caBundle: string | undefined): AnyPod => ({
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'outrider-webhook' },
  webhooks: [{ name: 'enabled-namespace.outrider.io', clientConfig: { caBundle } }],
});

export const caBundle = Buffer.from(certificate).toString('base64');

export const named = (name: string, object: AnyPod = pod()): AnyPod => ({
  ...object,
  metadata: { ...object.metadata, name },
});

const enabled: Namespace = { label: 'enabled', annotations: {}, labels: {} };

/** A cluster where all is well, but for what is given. */
export const snapshot = (given: Partial<Snapshot> = {}): Snapshot => ({
  pods: [named('web', inject(pod()))],
  namespaces: new Map([['shop', enabled]]),
  config: { kind: 'read', value: {} },
  installed: {
    kind: 'read',
    value: { deployments: [deployment(2)], configurations: [configuration(caBundle)] },
  },
  certificate: { kind: 'read', value: certificate },
  ...given,
});
