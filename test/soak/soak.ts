import type { Request } from '../cluster/api.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type Creations, keepCreating } from './creations.ts';
import { type Faults, keepFailing } from './faults.ts';
import { type Handshakes, keepShaking } from './handshakes.ts';
import { randomFrom } from './random.ts';

export interface SoakInput {
  readonly cluster: Cluster;
  readonly api: Request;
  readonly seconds: number;
  /** Absent where nothing is to go wrong. */
  readonly seed?: number;
}

/** What was seen meanwhile. */
export interface Soaked {
  readonly creations: Creations;
  readonly handshakes: Handshakes;
  readonly faults?: Faults;
}

const perSecond = 20;

/** Has pods reviewed, and connects to replicas as an API server does that has never seen them before; breaks things. */
export async function soak({ cluster, api, seconds, seed }: SoakInput): Promise<Soaked> {
  const end = performance.now() + seconds * 1000;
  const isOver = (): boolean => performance.now() > end;
  const failing = seed === undefined ? undefined : keepFailing(cluster, seconds, randomFrom(seed), isOver);
  const [creations, handshakes, faults] = await Promise.all([
    keepCreating(api, perSecond, isOver),
    keepShaking(cluster, isOver),
    failing,
  ]);
  return { creations, handshakes, ...(faults && { faults }) };
}
