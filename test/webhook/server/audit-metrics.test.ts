import { expect } from 'chai';
import type { Count } from '../../../webhook/audit/ledger.ts';
import { createAuditMetrics } from '../../../webhook/server/audit-metrics.ts';
import { createMetrics } from '../../../webhook/server/metrics.ts';

describe('metrics of the auditor', () => {
  it('are there once all pods have been seen, and tell how many are in a state now', async () => {
    let counts: Count[] = [{ state: 'missing', reason: 'namespace-enabled', pods: 3 }];
    const metrics = createMetrics();
    const ledger = { counts: () => counts, namespacesInTrouble: () => 2 };
    const { observeEvent, observeSynced } = createAuditMetrics(metrics.registry, ledger);
    const lines = async (): Promise<string[]> =>
      (await metrics.render()).split('\n').filter((line) => /^outrider_audit.* \d+$/.test(line));
    expect(await lines()).to.deep.equal([
      'outrider_audited_namespaces_misconfigured 2',
      'outrider_audit_synced 0',
    ]);
    observeSynced();
    observeEvent('posted');
    expect(await lines()).to.deep.equal([
      'outrider_audited_pods{state="missing",reason="namespace-enabled"} 3',
      'outrider_audited_namespaces_misconfigured 2',
      'outrider_audit_synced 1',
      'outrider_audit_events_total{result="posted"} 1',
    ]);
    counts = [{ state: 'injected', reason: 'namespace-enabled', pods: 3 }];
    expect(await lines()).to.include('outrider_audited_pods{state="injected",reason="namespace-enabled"} 3');
    expect((await lines()).join()).not.to.include('missing');
  });

  it('are absent where there is no auditor', async () => {
    expect(await createMetrics().render()).not.to.include('outrider_audit');
  });
});
