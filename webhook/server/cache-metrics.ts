import { Counter, Gauge, type Registry } from 'prom-client';

/** How far behind the API server are the caches that reviews are answered from. */
export interface CacheMetrics {
  /** The cache is what the API server has, now. */
  observeSync(cache: string): void;
  /** The API server did not answer, or its answer broke off. */
  observeFailure(cache: string): void;
}

export function createCacheMetrics(registry: Registry): CacheMetrics {
  const synced = new Gauge({
    name: 'outrider_cache_synced_timestamp_seconds',
    help: 'When the cache was last known to be as the API server has it; half a minute ago at most, where it can be reached.',
    labelNames: ['cache'],
    registers: [registry],
  });
  const failures = new Counter({
    name: 'outrider_cache_failures_total',
    help: 'Times that the API server did not answer, or broke off, where a cache is kept from; each is tried again.',
    labelNames: ['cache'],
    registers: [registry],
  });
  return {
    observeSync: (cache) => synced.setToCurrentTime({ cache }),
    observeFailure: (cache) => failures.inc({ cache }),
  };
}
