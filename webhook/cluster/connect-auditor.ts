import { hostname } from 'node:os';
import { CoreV1Api } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import type { WarningEvent } from '../admission/denial.ts';
import { configMapName } from '../decision/config.ts';
import { nameIn } from '../decision/revision.ts';
import type { AuditorSurroundings, ServeAuditorInput } from '../server/serve-auditor.ts';
import { openApi } from './api.ts';
import { startAudit } from './audit.ts';
import { BoundedConfig } from './bounded-config.ts';
import { watchConfigMap } from './config-map.ts';
import { patienceOfServers } from './connect.ts';
import { postWarning } from './events.ts';
import { watchPublished } from './published-settings.ts';
import type { SyncObserver } from './watch-objects.ts';

/** What `outrider auditor` reads and writes, in a cluster. */
export function connectAuditor(
  { namespace, revision }: Pick<ServeAuditorInput, 'namespace' | 'revision'>,
  observer: SyncObserver,
  log: Logger,
): AuditorSurroundings {
  const config = new BoundedConfig();
  config.loadFromDefault();
  const core = config.makeApiClient(CoreV1Api);
  const watching = { api: openApi({}, patienceOfServers), observer, log };
  const post = (event: WarningEvent): Promise<void> =>
    postWarning(core, event, nameIn(revision, 'outrider-auditor'));
  return {
    watchPublished: (take) => watchPublished({ ...watching, cache: 'published-settings', namespace }, take),
    watchConfig: (take) =>
      watchConfigMap(
        { ...watching, cache: 'configuration', namespace, name: configMapName(revision) },
        take,
        // The webhook tells what is wrong with it.
        async () => undefined,
      ),
    audit: ({ restart, ...input }) =>
      startAudit({
        ...{ ...input, ...watching, post },
        ...(restart && { restart: { ...restart, namespace, revision, identity: hostname() } }),
      }),
  };
}
