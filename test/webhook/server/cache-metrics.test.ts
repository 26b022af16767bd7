import { expect } from 'chai';
import { Registry } from 'prom-client';
import { createCacheMetrics } from '../../../webhook/server/cache-metrics.ts';

describe('metrics of caches', () => {
  it('tell when each was last as the API server has it, and how often that failed', async () => {
    const registry = new Registry();
    const metrics = createCacheMetrics(registry);
    metrics.observeSync('namespaces');
    metrics.observeFailure('configuration');
    metrics.observeFailure('configuration');
    const text = await registry.metrics();
    const [, at] =
      /^outrider_cache_synced_timestamp_seconds\{cache="namespaces"\} ([\d.]+)$/m.exec(text) ?? [];
    expect(Date.now() / 1000 - Number(at)).to.be.within(0, 60);
    expect(text).to.contain('\noutrider_cache_failures_total{cache="configuration"} 2\n');
    expect(text).not.to.contain('outrider_cache_synced_timestamp_seconds{cache="configuration"}');
  });
});
