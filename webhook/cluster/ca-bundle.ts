import {
  type AdmissionregistrationV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1MutatingWebhookConfiguration,
  type V1ValidatingWebhookConfiguration,
} from '@kubernetes/client-node';
import { unless } from './unless.ts';

/** A configuration by which the API server calls the webhook. */
export interface WebhookConfiguration {
  readonly kind: 'mutating' | 'validating';
  readonly name: string;
}

/**
 * Writes the CA into every webhook of the configuration, under a field manager of its own: what installs the
 * configuration leaves `caBundle` out, and neither side undoes the other.
 *
 * @returns false where the configuration does not exist (yet).
 */
export async function patchCaBundle(
  api: AdmissionregistrationV1Api,
  { kind, name }: WebhookConfiguration,
  caCertificate: string,
): Promise<boolean> {
  const present = await unless<V1MutatingWebhookConfiguration | V1ValidatingWebhookConfiguration>(
    404,
    kind === 'mutating'
      ? api.readMutatingWebhookConfiguration({ name })
      : api.readValidatingWebhookConfiguration({ name }),
  );
  if (present === undefined) return false;
  const caBundle = Buffer.from(caCertificate).toString('base64');
  const stale = (present.webhooks ?? []).filter(({ clientConfig }) => clientConfig.caBundle !== caBundle);
  if (stale.length === 0) return true;
  // A strategic merge patch merges the list of webhooks by their names.
  const body: object = {
    webhooks: stale.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle } })),
  };
  const patch = { name, body, fieldManager: 'outrider-ca-bundle' };
  const strategy = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
  await (kind === 'mutating'
    ? api.patchMutatingWebhookConfiguration(patch, strategy)
    : api.patchValidatingWebhookConfiguration(patch, strategy));
  return true;
}
