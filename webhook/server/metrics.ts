import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Verdict } from '../admission/inject-review.ts';
import { expiryGauge } from './certificate-metrics.ts';
import { type ConfigMetrics, createConfigMetrics } from './config-metrics.ts';
import type { Telling } from './denial-events.ts';

export interface Metrics extends ConfigMetrics {
  readonly contentType: string;
  /** For the metrics of what is not always on. */
  readonly registry: Registry;
  /** @param seconds from the first byte of the body to the answer. */
  observeReview(verdict: Pick<Verdict, 'decision' | 'reason'>, seconds: number): void;
  /** What the pods of a workload would get. */
  observeWorkload(verdict: Pick<Verdict, 'decision' | 'reason'>): void;
  /** What became of a denial that was to be an Event. */
  observeTelling(telling: Telling): void;
  /** Whether a certificate was taken to be served, and when that one expires. */
  observeCertificate(result: 'taken' | 'refused', expires: Date | undefined): void;
  /** The text exposition format of Prometheus. */
  render(): Promise<string>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const reviews = new Counter({
    name: 'outrider_admission_reviews_total',
    help: 'Admission reviews of pods answered, by decision and reason.',
    labelNames: ['decision', 'reason'],
    registers: [registry],
  });
  const workloads = new Counter({
    name: 'outrider_workload_reviews_total',
    help: 'Reviews of workloads answered, by what their pods would get.',
    labelNames: ['decision', 'reason'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'outrider_admission_duration_seconds',
    help: 'Time to answer an admission review of a pod.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5],
    registers: [registry],
  });
  const events = new Counter({
    name: 'outrider_denial_events_total',
    help: 'Denials that were to be told as Events: posted, repeated soon and so left out, dropped to bound the rate, failed.',
    labelNames: ['result'],
    registers: [registry],
  });
  const expiry = expiryGauge(registry);
  const loads = new Counter({
    name: 'outrider_certificate_loads_total',
    help: 'Certificates found to be served: taken, or refused, and then the one before stays.',
    labelNames: ['result'],
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    registry,
    observeReview({ decision, reason }, seconds) {
      reviews.inc({ decision, reason });
      duration.observe(seconds);
    },
    observeWorkload: ({ decision, reason }) => workloads.inc({ decision, reason }),
    ...createConfigMetrics(registry),
    observeTelling: (result) => events.inc({ result }),
    observeCertificate(result, expires) {
      loads.inc({ result });
      if (expires !== undefined) expiry.set({ certificate: 'serving' }, expires.getTime() / 1000);
    },
    render: () => registry.metrics(),
  };
}
