import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Verdict } from '../admission/inject-review.ts';

export interface Metrics {
  readonly contentType: string;
  /** @param seconds from the first byte of the body to the answer. */
  observeReview(verdict: Pick<Verdict, 'decision' | 'reason'>, seconds: number): void;
  /** The text exposition format of Prometheus. */
  render(): Promise<string>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const reviews = new Counter({
    name: 'outrider_admission_reviews_total',
    help: 'Admission reviews answered, by decision and reason.',
    labelNames: ['decision', 'reason'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'outrider_admission_duration_seconds',
    help: 'Time to answer an admission review.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5],
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    observeReview({ decision, reason }, seconds) {
      reviews.inc({ decision, reason });
      duration.observe(seconds);
    },
    render: () => registry.metrics(),
  };
}
