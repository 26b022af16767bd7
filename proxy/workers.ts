import { mostWorkers } from '../settings/names.ts';

/**
 * How many worker threads a proxy with this CPU limit, in cores, can keep busy. One more would take memory of its own, and
 * the limit would stop it and the others in turns.
 */
export const workersFor = (cpuLimit: number): number =>
  Math.min(mostWorkers, Math.max(1, Math.ceil(cpuLimit)));
