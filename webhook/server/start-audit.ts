import type { Logger } from 'pino';
import type { Injector } from '../admission/inject-review.ts';
import { keepLedger, type Ledger } from '../audit/ledger.ts';
import { type AuditMetrics, createAuditMetrics } from './audit-metrics.ts';
import type { Metrics } from './metrics.ts';

/** What the auditor needs of a cluster. */
export interface Audited {
  /** Fills the ledger, and tells what is in it, from now on; settles once it is full. */
  audit(input: {
    readonly ledger: Ledger;
    readonly injector: () => Injector;
    observeEvent: AuditMetrics['observeEvent'];
    readonly restart?: { readonly interval: number; observeRestart: AuditMetrics['observeRestart'] };
  }): Promise<void>;
}

/**
 * Runs the auditor beside the webhook; nobody waits for it.
 *
 * @param restartInterval milliseconds; without it, nothing is restarted.
 */
export function startAudit(
  { audit }: Audited,
  restartInterval: number | undefined,
  injector: () => Injector,
  { registry }: Pick<Metrics, 'registry'>,
  log: Logger,
): void {
  const ledger = keepLedger(injector);
  const { observeEvent, observeRestart, observeSynced } = createAuditMetrics(registry, ledger);
  const restart =
    restartInterval === undefined ? {} : { restart: { interval: restartInterval, observeRestart } };
  audit({ ledger, injector, observeEvent, ...restart }).then(observeSynced, (error: unknown) =>
    log.error({ err: error }, 'audit did not start'),
  );
}
