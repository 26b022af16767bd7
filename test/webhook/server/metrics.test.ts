import { expect } from 'chai';
import { createMetrics } from '../../../webhook/server/metrics.ts';

describe('metrics', () => {
  it('count by decision and reason, and measure the time', async () => {
    const metrics = createMetrics();
    metrics.observeReview({ decision: 'inject', reason: 'namespace-enabled' }, 0.002);
    metrics.observeReview({ decision: 'inject', reason: 'namespace-enabled' }, 0.2);
    metrics.observeReview({ decision: 'skip', reason: 'windows' }, 0.0001);
    const lines = (await metrics.render()).split('\n').filter((line) => line.startsWith('outrider_'));
    expect(lines).to.include.members([
      'outrider_admission_reviews_total{decision="inject",reason="namespace-enabled"} 2',
      'outrider_admission_reviews_total{decision="skip",reason="windows"} 1',
      'outrider_admission_duration_seconds_bucket{le="0.0005"} 1',
      'outrider_admission_duration_seconds_bucket{le="0.0025"} 2',
      'outrider_admission_duration_seconds_bucket{le="0.5"} 3',
      'outrider_admission_duration_seconds_count 3',
    ]);
  });

  it('tell whether the newest configuration was taken, and when the one in force was', async () => {
    const metrics = createMetrics();
    metrics.observeConfig(true, new Date('2026-02-03T04:05:06Z'));
    metrics.observeConfig(false, new Date('2026-02-03T05:00:00Z'));
    const lines = (await metrics.render()).split('\n');
    expect(lines).to.include.members([
      'outrider_config_valid 0',
      'outrider_config_taken_timestamp_seconds 1770091506',
    ]);
  });

  it('count what would become of the pods of workloads, and what became of Events, apart', async () => {
    const metrics = createMetrics();
    metrics.observeWorkload({ decision: 'deny', reason: 'reserved' });
    metrics.observeTelling('posted');
    metrics.observeTelling('dropped');
    const lines = (await metrics.render()).split('\n');
    expect(lines).to.include.members([
      'outrider_workload_reviews_total{decision="deny",reason="reserved"} 1',
      'outrider_denial_events_total{result="posted"} 1',
      'outrider_denial_events_total{result="dropped"} 1',
    ]);
    expect(lines.join()).not.to.include('outrider_admission_reviews_total{');
  });

  it('tell when the certificate expires that is served, and how many were refused', async () => {
    const metrics = createMetrics();
    metrics.observeCertificate('taken', new Date('2026-02-03T04:05:06Z'));
    metrics.observeCertificate('refused', undefined);
    const lines = (await metrics.render()).split('\n');
    expect(lines).to.include.members([
      'outrider_certificate_expiry_timestamp_seconds{certificate="serving"} 1770091506',
      'outrider_certificate_loads_total{result="taken"} 1',
      'outrider_certificate_loads_total{result="refused"} 1',
    ]);
  });

  it('are apart for two servers in one process', async () => {
    createMetrics().observeReview({ decision: 'error', reason: 'internal' }, 1);
    expect(await createMetrics().render()).not.to.include('reason="internal"');
  });
});
