import { hostname } from 'node:os';
import { CoreV1Api, KubeConfig, type V1Secret } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { Serving } from '../certificates/serving.ts';
import type { Surroundings } from '../server/serve.ts';
import { startAudit } from './audit.ts';
import { servingOf } from './certificate-secrets.ts';
import { watchConfigMap } from './config-map.ts';
import { postWarning } from './events.ts';
import { watchNamespaces } from './namespaces.ts';
import { decode } from './secret.ts';
import { watchOne } from './watch-one.ts';

/** The webhook's surroundings in a cluster: inside a pod by its service account, elsewhere by the kubeconfig. */
export function connect(
  { namespace, secret }: { readonly namespace: string; readonly secret: string },
  log: Logger,
): Surroundings {
  const config = new KubeConfig();
  config.loadFromDefault();
  const core = config.makeApiClient(CoreV1Api);
  return {
    async watchCertificate(take) {
      const first = Promise.withResolvers<void>();
      const offer = (serving: Serving | undefined): void => {
        if (take(serving) === 'taken') first.resolve();
      };
      const watched = {
        path: `/api/v1/namespaces/${namespace}/secrets`,
        name: secret,
        list: (fieldSelector: string) => core.listNamespacedSecret({ namespace, fieldSelector }),
      };
      await watchOne<V1Secret>(config, watched, (found) => offer(found && servingOf(decode(found))), log);
      await first.promise;
    },
    watchNamespaces: () => watchNamespaces(config, log),
    watchConfig: (take) => watchConfigMap(config, namespace, take, log),
    postWarning: (warning) => postWarning(core, warning),
    audit: ({ restart, ...input }) =>
      startAudit({
        ...{ ...input, config, post: (event) => postWarning(core, event), log },
        ...(restart && { restart: { ...restart, namespace, identity: hostname() } }),
      }),
  };
}
