import { Counter, Gauge, type Registry } from 'prom-client';
import type { Refusal } from '../certificates/client.ts';

/** Of who asks, where clients have to show who they are. */
export interface ClientMetrics {
  observeRefusal(reason: Refusal['reason']): void;
  /** Whether CAs were taken, and when the last of them expires. */
  observeAuthorities(result: 'taken' | 'refused', expires: Date | undefined): void;
}

export function createClientMetrics(registry: Registry): ClientMetrics {
  const refusals = new Counter({
    name: 'outrider_client_refusals_total',
    help: 'Requests for a review refused for their client: no-certificate, not-trusted, name-not-allowed.',
    labelNames: ['reason'],
    registers: [registry],
  });
  const loads = new Counter({
    name: 'outrider_client_ca_loads_total',
    help: 'CAs of clients found in the file: taken, or refused, and then those before stay.',
    labelNames: ['result'],
    registers: [registry],
  });
  const expiry = new Gauge({
    name: 'outrider_client_ca_expiry_timestamp_seconds',
    help: 'When the last of the CAs of clients expires.',
    registers: [registry],
  });
  return {
    observeRefusal: (reason) => refusals.inc({ reason }),
    observeAuthorities(result, expires) {
      loads.inc({ result });
      if (expires !== undefined) expiry.set(expires.getTime() / 1000);
    },
  };
}
