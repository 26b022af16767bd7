import {
  type AdmissionregistrationV1Api,
  PatchStrategy,
  setHeaderOptions,
  type V1MutatingWebhookConfiguration,
  type V1ValidatingWebhookConfiguration,
} from '@kubernetes/client-node';
import { onObject } from './on-object.ts';
import { unless } from './unless.ts';

/** A configuration by which the API server calls the webhook. */
export interface WebhookConfiguration {
  readonly kind: 'mutating' | 'validating';
  readonly name: string;
  /** Whether pods are refused where the API server does not trust the webhook. */
  readonly refuses: boolean;
}

/** What one reading found in a configuration: the texts that its webhooks trust, and of which version it was. */
export interface ReadBundles {
  readonly version: string | undefined;
  readonly webhooks: readonly { readonly name: string; readonly bundle: string }[];
}

const titleOf = ({ kind, name }: WebhookConfiguration): string =>
  `${kind === 'mutating' ? 'Mutating' : 'Validating'}WebhookConfiguration/${name}`;

/**
 * @returns `undefined` where the configuration does not exist (yet).
 * @throws ObjectFailure
 */
export async function readBundles(
  api: AdmissionregistrationV1Api,
  configuration: WebhookConfiguration,
): Promise<ReadBundles | undefined> {
  const { kind, name } = configuration;
  const call: Promise<V1MutatingWebhookConfiguration | V1ValidatingWebhookConfiguration> =
    kind === 'mutating'
      ? api.readMutatingWebhookConfiguration({ name })
      : api.readValidatingWebhookConfiguration({ name });
  const found = await onObject('get', titleOf(configuration), unless(404, call));
  return (
    found && {
      version: found.metadata?.resourceVersion,
      webhooks: (found.webhooks ?? []).map((webhook) => ({
        name: webhook.name,
        bundle: Buffer.from(webhook.clientConfig.caBundle ?? '', 'base64').toString('utf8'),
      })),
    }
  );
}

/**
 * Writes the bundle into every webhook that has another one, under a field manager of its own: what installs the
 * configuration leaves `caBundle` out, and neither side undoes the other.
 *
 * @returns `conflict` where the configuration has changed since it was read.
 * @throws ObjectFailure
 */
export async function writeBundles(
  api: AdmissionregistrationV1Api,
  configuration: WebhookConfiguration,
  { version, webhooks }: ReadBundles,
  bundle: string,
): Promise<'saved' | 'conflict'> {
  const { kind, name } = configuration;
  const caBundle = Buffer.from(bundle).toString('base64');
  const stale = webhooks.filter((webhook) => webhook.bundle !== bundle);
  if (stale.length === 0) return 'saved';
  // A strategic merge patch merges the list of webhooks by their names.
  const body: object = {
    metadata: { resourceVersion: version },
    webhooks: stale.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle } })),
  };
  const patch = { name, body, fieldManager: 'outrider-ca-bundle' };
  const strategy = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
  const written: Promise<object> =
    kind === 'mutating'
      ? api.patchMutatingWebhookConfiguration(patch, strategy)
      : api.patchValidatingWebhookConfiguration(patch, strategy);
  const saved = await onObject('patch', titleOf(configuration), unless(409, written));
  return saved === undefined ? 'conflict' : 'saved';
}
