import {
  type AdmissionregistrationV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1MutatingWebhookConfiguration,
} from '@kubernetes/client-node';
import { unless } from './unless.ts';

/**
 * Writes the CA into every webhook of the configuration, under a field manager of its own: what installs the
 * configuration leaves `caBundle` out, and neither side undoes the other.
 *
 * @returns false where the configuration does not exist (yet).
 */
export async function patchCaBundle(
  api: AdmissionregistrationV1Api,
  name: string,
  caCertificate: string,
): Promise<boolean> {
  const present = await unless(404, api.readMutatingWebhookConfiguration({ name }));
  if (present === undefined) return false;
  const caBundle = Buffer.from(caCertificate).toString('base64');
  const stale = (present.webhooks ?? []).filter(({ clientConfig }) => clientConfig.caBundle !== caBundle);
  if (stale.length === 0) return true;
  // A strategic merge patch merges the list of webhooks by their names.
  const body: Pick<V1MutatingWebhookConfiguration, 'webhooks'> | object = {
    webhooks: stale.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle } })),
  };
  await api.patchMutatingWebhookConfiguration(
    { name, body, fieldManager: 'outrider-ca-bundle' },
    setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
  );
  return true;
}
