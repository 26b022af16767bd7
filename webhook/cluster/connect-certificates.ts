import { AdmissionregistrationV1Api, CoreV1Api } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { ObjectFailure } from '../certificates/object-failure.ts';
import type { Unread } from '../certificates/observed.ts';
import type { CertificateSurroundings } from '../server/keep-certificates.ts';
import { openApi } from './api.ts';
import { BoundedConfig } from './bounded-config.ts';
import { type ReadBundles, readBundles, type WebhookConfiguration, writeBundles } from './ca-bundle.ts';
import { authoritySecret, servingSecret } from './certificate-secrets.ts';
import { patienceOfServers } from './connect.ts';
import type { SyncObserver } from './watch-objects.ts';
import { watchOne } from './watch-one.ts';

export interface CertificateNames {
  readonly namespace: string;
  readonly secret: string;
  readonly caSecret: string;
  readonly webhookConfiguration: string;
  readonly warningConfiguration: string;
  /** Absent where admission policies stand in its place. */
  readonly backstopConfiguration?: string;
}

/** What `outrider certificates` reads and writes, in a cluster. */
export function connectCertificates(
  names: CertificateNames,
  observer: SyncObserver,
  log: Logger,
): CertificateSurroundings {
  const config = new BoundedConfig();
  config.loadFromDefault();
  const core = config.makeApiClient(CoreV1Api);
  const admission = config.makeApiClient(AdmissionregistrationV1Api);
  const authority = authoritySecret(core, names.namespace, names.caSecret);
  const serving = servingSecret(core, names.namespace, names.secret);
  const wanted: WebhookConfiguration[] = [
    { kind: 'mutating', name: names.webhookConfiguration, refuses: true },
    { kind: 'validating', name: names.warningConfiguration, refuses: false },
  ];
  if (names.backstopConfiguration !== undefined) {
    wanted.push({ kind: 'validating', name: names.backstopConfiguration, refuses: true });
  }
  let found: (WebhookConfiguration & ReadBundles)[] = [];

  return {
    async observe() {
      // First: a bundle is written only where its configuration has not changed since. Whoever read an older CA than
      // another replica has published has read an older configuration, too, and does not undo what the other did.
      const read = await Promise.all(wanted.map((one) => readOrFail(admission, one)));
      found = read.flatMap((one) => (one.kind === 'read' ? [one.found] : []));
      const configurations = found.map(({ name, refuses, webhooks }) => ({
        configuration: name,
        refuses,
        bundles: webhooks.map(({ bundle }) => bundle),
      }));
      const unread = read.flatMap((one) => (one.kind === 'unread' ? [one.unread] : []));
      return { configurations, unread, serving: await serving.read(), authority: await authority.read() };
    },
    saveAuthority: (issued) => authority.write(issued),
    saveServing: (issued) => serving.write(issued),
    async publish(bundle) {
      // What one configuration refuses does not keep the others from being written.
      const results = await Promise.allSettled(found.map((one) => writeBundles(admission, one, one, bundle)));
      const isConflict = results.some((one) => one.status === 'fulfilled' && one.value === 'conflict');
      return {
        saved: isConflict ? 'conflict' : 'saved',
        failures: results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])),
      };
    },
    watch(changed) {
      const api = openApi({}, patienceOfServers);
      const secrets = `/api/v1/namespaces/${names.namespace}/secrets`;
      const registration = '/apis/admissionregistration.k8s.io/v1';
      const watched = [
        { path: secrets, name: names.secret },
        { path: secrets, name: names.caSecret },
        ...wanted.map(({ kind, name }) => ({ path: `${registration}/${kind}webhookconfigurations`, name })),
      ];
      for (const { path, name } of watched) {
        void watchOne({ api, path, name, cache: name, observer, log }, changed);
      }
    },
  };
}

type ReadOrNot =
  | { readonly kind: 'read'; readonly found: WebhookConfiguration & ReadBundles }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unread'; readonly unread: Unread };

async function readOrFail(
  admission: AdmissionregistrationV1Api,
  wanted: WebhookConfiguration,
): Promise<ReadOrNot> {
  try {
    const bundles = await readBundles(admission, wanted);
    return bundles ? { kind: 'read', found: { ...wanted, ...bundles } } : { kind: 'absent' };
  } catch (failure) {
    if (!(failure instanceof ObjectFailure)) throw failure;
    return { kind: 'unread', unread: { refuses: wanted.refuses, failure } };
  }
}
