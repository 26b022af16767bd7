import { createServer } from 'node:http';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Injector } from '../admission/inject-review.ts';
import { keepLedger, type Ledger } from '../audit/ledger.ts';
import { type AuditMetrics, createAuditMetrics } from './audit-metrics.ts';
import { type CacheMetrics, createCacheMetrics } from './cache-metrics.ts';
import type { ConfigKeeper } from './config-keeper.ts';
import { createConfigMetrics } from './config-metrics.ts';
import { createHealthApp } from './health.ts';
import { keepInjector } from './keep-injector.ts';
import { createLog } from './log.ts';
import type { ServeInput, Surroundings } from './serve.ts';

export interface ServeAuditorInput
  extends Pick<
    ServeInput,
    'version' | 'revision' | 'port' | 'namespace' | 'initImage' | 'families' | 'logLevel'
  > {
  /** Restart what is not as it should be: one workload in so many milliseconds. */
  readonly restartInterval?: number;
}

/** What the auditor needs of a cluster. */
export interface AuditorSurroundings {
  /** Tells what the installations know that are here or were; settles once it has, or can wait no longer. */
  watchPublished: Surroundings['watchPublished'];
  /** Offers each version of the configuration to `take`; settles once one is taken. */
  watchConfig(take: ConfigKeeper['take']): Promise<void>;
  /** Fills the ledger, and tells what is in it, from now on; settles once it is full. */
  audit(input: {
    readonly ledger: Ledger;
    readonly injector: () => Injector;
    observeEvent: AuditMetrics['observeEvent'];
    readonly restart?: { readonly interval: number; observeRestart: AuditMetrics['observeRestart'] };
  }): Promise<void>;
}

/** Runs `outrider auditor` until SIGTERM or SIGINT. */
export async function serveAuditor(input: ServeAuditorInput): Promise<void> {
  const log = createLog(input.logLevel);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { config, injector, takePublished } = keepInjector(input, createConfigMetrics(registry), log);
  const ledger = keepLedger(injector);
  const { observeEvent, observeRestart, observeSynced } = createAuditMetrics(registry, ledger);
  let problem: string | undefined = 'waiting for a configuration, and until all pods have been seen';
  const app = createHealthApp({
    metrics: { contentType: registry.contentType, render: () => registry.metrics() },
    alive: () => true,
    problem: () => problem,
  });
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(input.port, resolve);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping');
      // What a restart has come to stands in the Lease: nothing is lost.
      process.exit(0);
    });
  }

  const { watchPublished, watchConfig, audit } = await clusterSurroundings(
    input,
    createCacheMetrics(registry),
    log,
  );
  const { port, restartInterval: interval } = input;
  log.info({ port, version: input.version, revision: input.revision, restartInterval: interval }, 'auditing');
  await watchPublished(takePublished);
  await watchConfig(config.take);
  const restart = interval === undefined ? {} : { restart: { interval, observeRestart } };
  await audit({ ledger, injector, observeEvent, ...restart });
  observeSynced();
  problem = undefined;
}

/** Loaded only here: the Kubernetes client costs about a second and 128 MB to import. */
async function clusterSurroundings(
  input: ServeAuditorInput,
  observer: CacheMetrics,
  log: Logger,
): Promise<AuditorSurroundings> {
  const { connectAuditor } = await import('../cluster/connect-auditor.ts');
  return connectAuditor(input, observer, log);
}
