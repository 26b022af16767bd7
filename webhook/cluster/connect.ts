import { setTimeout } from 'node:timers/promises';
import { AdmissionregistrationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { Surroundings } from '../server/serve.ts';
import { patchCaBundle, type WebhookConfiguration } from './ca-bundle.ts';
import { watchConfigMap } from './config-map.ts';
import { postWarning } from './events.ts';
import { watchNamespaces } from './namespaces.ts';
import { secretStore } from './secret-store.ts';

/** How long a refused or failed write of the caBundle rests before the next try, in milliseconds. */
const shortRest = 1_000;
const longRest = 60_000;

/** The webhook's surroundings in a cluster: inside a pod by its service account, elsewhere by the kubeconfig. */
export function connect(
  names: {
    readonly namespace: string;
    readonly secret: string;
    readonly webhookConfiguration: string;
    readonly warningConfiguration: string;
    /** Absent where admission policies stand in its place. */
    readonly backstopConfiguration?: string;
  },
  log: Logger,
): Surroundings {
  const config = new KubeConfig();
  config.loadFromDefault();
  const admission = config.makeApiClient(AdmissionregistrationV1Api);
  const writeCa = async (into: WebhookConfiguration, ca: string, rest: number): Promise<void> => {
    for (;;) {
      try {
        if (await patchCaBundle(admission, into, ca)) return;
        log.warn({ name: into.name }, 'waiting for the webhook configuration to exist');
      } catch (error) {
        log.warn({ err: error, name: into.name }, 'caBundle not written, trying again');
      }
      await setTimeout(rest);
    }
  };
  const core = config.makeApiClient(CoreV1Api);
  return {
    store: secretStore(core, names.namespace, names.secret),
    async publish({ caCertificate }) {
      // Nothing depends on warnings, nor on their configuration being installed.
      void writeCa({ kind: 'validating', name: names.warningConfiguration }, caCertificate, longRest);
      const needed: WebhookConfiguration[] = [{ kind: 'mutating', name: names.webhookConfiguration }];
      if (names.backstopConfiguration !== undefined) {
        needed.push({ kind: 'validating', name: names.backstopConfiguration });
      }
      await Promise.all(needed.map((one) => writeCa(one, caCertificate, shortRest)));
    },
    watchNamespaces: () => watchNamespaces(config, log),
    watchConfig: (take) => watchConfigMap(config, names.namespace, take, log),
    postWarning: (warning) => postWarning(core, warning),
  };
}
