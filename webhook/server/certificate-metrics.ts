import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { ObjectFailure } from '../certificates/object-failure.ts';
import type { Step } from '../certificates/plan.ts';

/** Of `outrider certificates`. */
export interface CertificateMetrics {
  readonly contentType: string;
  /** For the metrics of its caches. */
  readonly registry: Registry;
  /** `undefined` where there is none that can be read. */
  observeExpiry(certificate: 'ca' | 'serving', expires: Date | undefined): void;
  observeStep(step: Step['kind'], result: 'saved' | 'conflict' | 'failed'): void;
  /** What the API server did not do. */
  observeFailure(failure: Pick<ObjectFailure, 'verb' | 'object'>): void;
  /** Whether the last pass came to its end. */
  observePass(complete: boolean): void;
  render(): Promise<string>;
}

/** The same gauge in both programs: of what is stored here, of what is served in the webhook. */
export const expiryGauge = (registry: Registry): Gauge<'certificate'> =>
  new Gauge({
    name: 'outrider_certificate_expiry_timestamp_seconds',
    help: 'When the certificate expires.',
    labelNames: ['certificate'],
    registers: [registry],
  });

export function createCertificateMetrics(): CertificateMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const expiry = expiryGauge(registry);
  const steps = new Counter({
    name: 'outrider_certificate_steps_total',
    help: 'What was done to keep the certificates, and whether it was saved, another was first, or it failed.',
    labelNames: ['step', 'result'],
    registers: [registry],
  });
  const failures = new Counter({
    name: 'outrider_certificate_failures_total',
    help: 'What could not be read or written, by verb and object; the others are looked after all the same.',
    labelNames: ['verb', 'object'],
    registers: [registry],
  });
  const kept = new Gauge({
    name: 'outrider_certificates_kept',
    help: '1 where the last look at the certificates came to its end, 0 where the log tells what stood in the way.',
    registers: [registry],
  });
  return {
    contentType: registry.contentType,
    registry,
    observeExpiry(certificate, expires) {
      if (expires === undefined) expiry.remove({ certificate });
      else expiry.set({ certificate }, expires.getTime() / 1000);
    },
    observeStep: (step, result) => steps.inc({ step, result }),
    observeFailure: ({ verb, object }) => failures.inc({ verb, object }),
    observePass: (complete) => kept.set(complete ? 1 : 0),
    render: () => registry.metrics(),
  };
}
