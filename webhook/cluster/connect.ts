import { CoreV1Api } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { JsonObject } from '../admission/json.ts';
import { configMapName } from '../decision/config.ts';
import { nameIn } from '../decision/revision.ts';
import type { ServeInput, Surroundings } from '../server/serve.ts';
import { openApi } from './api.ts';
import { BoundedConfig } from './bounded-config.ts';
import { servingOf } from './certificate-secrets.ts';
import { watchConfigMap } from './config-map.ts';
import { postWarning } from './events.ts';
import { textsIn } from './namespace-in.ts';
import { watchNamespaces } from './namespaces.ts';
import { watchPublished } from './published-settings.ts';
import { decode } from './secret.ts';
import type { SyncObserver } from './watch-objects.ts';
import { watchOne } from './watch-one.ts';

/** For who answers reviews meanwhile: a way that is cut is tried again soon. A busy API server answers lists within it. */
export const patienceOfServers = { connect: 5_000, silence: 30_000 };

/** The webhook's surroundings in a cluster: inside a pod by its service account, elsewhere by the kubeconfig. */
export function connect(
  { namespace, secret, revision }: Pick<ServeInput, 'namespace' | 'secret' | 'revision'>,
  observer: SyncObserver,
  log: Logger,
): Surroundings {
  const config = new BoundedConfig();
  config.loadFromDefault();
  const core = config.makeApiClient(CoreV1Api);
  const api = openApi({}, patienceOfServers);
  const source = nameIn(revision, 'outrider-webhook');
  const watching = { api, observer, log };
  return {
    async watchCertificate(take) {
      const first = Promise.withResolvers<void>();
      const offer = (found: JsonObject | undefined): void => {
        if (take(found && servingOf(decode({ data: textsIn(found.data) }))) === 'taken') first.resolve();
      };
      const path = `/api/v1/namespaces/${namespace}/secrets`;
      await watchOne({ ...watching, cache: 'certificate', path, name: secret }, offer);
      await first.promise;
    },
    watchNamespaces: () => watchNamespaces({ ...watching, cache: 'namespaces' }),
    watchConfig: (take) =>
      watchConfigMap(
        { ...watching, cache: 'configuration', namespace, name: configMapName(revision) },
        take,
        (event) => postWarning(core, event, source),
      ),
    watchPublished: (take) => watchPublished({ ...watching, cache: 'published-settings', namespace }, take),
    postWarning: (warning) => postWarning(core, warning, source),
  };
}
