import type { Server } from 'node:https';
import type { Logger } from 'pino';
import { keepClientAuthorities } from './client-authority-keeper.ts';
import { createClientMetrics } from './client-metrics.ts';
import { followFile } from './follow-file.ts';
import { type KnownClients, knowClients } from './known-clients.ts';
import type { Metrics } from './metrics.ts';

export interface ClientRequirement {
  /** Of the CAs, in PEM. */
  readonly file: string;
  /** Common names that a certificate of theirs may have. */
  readonly names: readonly string[];
}

/** Reviews for clients that show who they are. */
export interface RequiredClients {
  readonly only: KnownClients['only'];
  /** In PEM; `undefined` until there have been some. */
  authorities(): string | undefined;
  /** Settles once there are CAs, and follows the file from then on. */
  load(): Promise<void>;
  /** Has `apply` called whenever there are others. */
  attach(server: Server, apply: () => void): void;
}

export function requireClients(
  { file, names }: ClientRequirement,
  { registry }: Pick<Metrics, 'registry'>,
  log: Logger,
): RequiredClients {
  const metrics = createClientMetrics(registry);
  const clients = knowClients({ names, metrics, log, now: () => performance.now() });
  const keeper = keepClientAuthorities(file, metrics, log, () => new Date());
  return {
    only: clients.only,
    authorities: keeper.inForce,
    load: () => followFile(file, keeper.take),
    attach(server, apply) {
      clients.watch(server);
      keeper.follow(() => {
        clients.renewed();
        apply();
      });
    },
  };
}
