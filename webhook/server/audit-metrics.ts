import { Counter, Gauge, type Registry } from 'prom-client';
import type { Ledger } from '../audit/ledger.ts';

export interface AuditMetrics {
  observeEvent(result: 'posted' | 'failed'): void;
  observeRestart(result: 'restarted' | 'evicted' | 'failed' | 'healed' | 'not-healed'): void;
  /** All pods and namespaces have been seen: until then there are no figures of them. */
  observeSynced(): void;
}

/** Figures of the ledger at the time when they are asked for. By state and reason, of which there are few; never by pod. */
export function createAuditMetrics(
  registry: Registry,
  ledger: Pick<Ledger, 'counts' | 'namespacesInTrouble'>,
): AuditMetrics {
  let synced = false;
  new Gauge({
    name: 'outrider_audited_pods',
    help: 'Pods that have a label or a proxy, by state as in outrider status, and reason.',
    labelNames: ['state', 'reason'],
    registers: [registry],
    collect() {
      this.reset();
      if (!synced) return;
      for (const { state, reason, pods } of ledger.counts()) this.set({ state, reason }, pods);
    },
  });
  new Gauge({
    name: 'outrider_audited_namespaces_misconfigured',
    help: 'Namespaces whose label means nothing, or whose annotations refuse their pods.',
    registers: [registry],
    collect() {
      this.set(ledger.namespacesInTrouble());
    },
  });
  const isSynced = new Gauge({
    name: 'outrider_audit_synced',
    help: '1 once the auditor has seen all pods, 0 before.',
    registers: [registry],
  });
  const events = new Counter({
    name: 'outrider_audit_events_total',
    help: 'What the auditor told as Events: posted, failed. One that is there already counts as posted.',
    labelNames: ['result'],
    registers: [registry],
  });
  const restarts = new Counter({
    name: 'outrider_audit_restarts_total',
    help: 'Workloads restarted and pods evicted by this replica, what could not be, and what became of it: healed, not-healed.',
    labelNames: ['result'],
    registers: [registry],
  });
  return {
    observeRestart: (result) => restarts.inc({ result }),
    observeEvent: (result) => events.inc({ result }),
    observeSynced() {
      synced = true;
      isSynced.set(1);
    },
  };
}
