import { setTimeout } from 'node:timers/promises';
import { AdmissionregistrationV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { Surroundings } from '../server/serve.ts';
import { patchCaBundle } from './ca-bundle.ts';
import { watchConfigMap } from './config-map.ts';
import { watchNamespaces } from './namespaces.ts';
import { secretStore } from './secret-store.ts';

/** How long a refused or failed write of the caBundle rests before the next try. */
const restMilliseconds = 1000;

/** The webhook's surroundings in a cluster: inside a pod by its service account, elsewhere by the kubeconfig. */
export function connect(
  names: { readonly namespace: string; readonly secret: string; readonly webhookConfiguration: string },
  log: Logger,
): Surroundings {
  const config = new KubeConfig();
  config.loadFromDefault();
  const admission = config.makeApiClient(AdmissionregistrationV1Api);
  return {
    store: secretStore(config.makeApiClient(CoreV1Api), names.namespace, names.secret),
    async publish({ caCertificate }) {
      for (;;) {
        try {
          if (await patchCaBundle(admission, names.webhookConfiguration, caCertificate)) return;
          log.warn({ name: names.webhookConfiguration }, 'waiting for the webhook configuration to exist');
        } catch (error) {
          log.warn({ err: error, name: names.webhookConfiguration }, 'caBundle not written, trying again');
        }
        await setTimeout(restMilliseconds);
      }
    },
    watchNamespaces: () => watchNamespaces(config, log),
    watchConfig: (take) => watchConfigMap(config, names.namespace, take, log),
  };
}
