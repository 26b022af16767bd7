import type { Logger } from 'pino';
import type { Injector } from '../admission/inject-review.ts';
import { keepLedger, type Ledger } from '../audit/ledger.ts';
import { createAuditMetrics } from './audit-metrics.ts';
import type { Metrics } from './metrics.ts';

/** What the auditor needs of a cluster. */
export interface Audited {
  /** Fills the ledger, and tells what is in it, from now on; settles once it is full. */
  audit(input: {
    readonly ledger: Ledger;
    readonly injector: () => Injector;
    observeEvent(result: 'posted' | 'failed'): void;
  }): Promise<void>;
}

/** Runs the auditor beside the webhook; nobody waits for it. */
export function startAudit(
  { audit }: Audited,
  injector: () => Injector,
  { registry }: Pick<Metrics, 'registry'>,
  log: Logger,
): void {
  const ledger = keepLedger(injector);
  const { observeEvent, observeSynced } = createAuditMetrics(registry, ledger);
  audit({ ledger, injector, observeEvent }).then(observeSynced, (error: unknown) =>
    log.error({ err: error }, 'audit did not start'),
  );
}
