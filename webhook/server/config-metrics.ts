import { Gauge, type Registry } from 'prom-client';

export interface ConfigMetrics {
  /** Whether a version of the configuration was taken, and when. */
  observeConfig(taken: boolean, at: Date): void;
}

/** Of each program that goes by the configuration of the cluster. */
export function createConfigMetrics(registry: Registry): ConfigMetrics {
  const valid = new Gauge({
    name: 'outrider_config_valid',
    help: '1 where the newest version of the configuration is in force, 0 where it was refused.',
    registers: [registry],
  });
  const taken = new Gauge({
    name: 'outrider_config_taken_timestamp_seconds',
    help: 'When the configuration in force was taken.',
    registers: [registry],
  });
  return {
    observeConfig(isTaken, at) {
      valid.set(isTaken ? 1 : 0);
      if (isTaken) taken.set(at.getTime() / 1000);
    },
  };
}
