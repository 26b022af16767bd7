import type { Settings } from '../../settings/settings.ts';
import type { Packet } from './packet.ts';
import { type Connection, followPath, type Passed } from './path.ts';
import type { Ruleset } from './ruleset.ts';
import type { End, Step } from './walk.ts';

export type Destiny = 'outbound' | 'inbound' | 'direct' | 'dropped';

/** Where a connection goes. */
export interface Answer {
  /** `unknown` where a rule on the way is not understood. */
  readonly verdict: Destiny | 'unknown';
  /** The port of this host that takes the connection, when it is not the one that it was made to. */
  readonly port?: number;
  /** The rule that decided; undefined when none did. */
  readonly by?: Step;
  /** The rules that led to it, from the kernel's own chain on. */
  readonly via: readonly Step[];
  /** What stands on the way and is not understood. */
  readonly notUnderstood: readonly Step[];
  /** For `unknown`: where it goes if none of those matches. */
  readonly otherwise?: Destiny;
  readonly passed: readonly Passed[];
}

type Ports = Pick<Settings, 'inboundPort' | 'outboundPort'>;

/** Where a connection goes by these rules, and by which. */
export function answer(
  ruleset: Ruleset,
  connection: Connection,
  ports: Ports,
  isLocal: Packet['isLocal'],
): Answer {
  const { passed, end, hook } = followPath(ruleset, connection, isLocal);
  const notUnderstood = passed.flatMap(({ steps }) => unknownSteps(steps));
  const destiny = destinyOf(end, hook, ports);
  return {
    ...(notUnderstood.length > 0 ? { verdict: 'unknown', otherwise: destiny } : { verdict: destiny }),
    ...('port' in end && { port: end.port }),
    ...(end.by !== undefined && { by: end.by }),
    via: end.by === undefined ? [] : passed.flatMap(({ steps }) => routeTo(end.by, steps)),
    notUnderstood,
    passed,
  };
}

/** Of ports that are not the proxy's, as in rules of others, the hook tells the direction. */
function destinyOf(end: End, hook: string | undefined, { inboundPort, outboundPort }: Ports): Destiny {
  if (!('port' in end)) return end.kind === 'drop' ? 'dropped' : 'direct';
  if (end.port === outboundPort) return 'outbound';
  if (end.port === inboundPort) return 'inbound';
  return hook === 'OUTPUT' ? 'outbound' : 'inbound';
}

const unknownSteps = (steps: readonly Step[]): readonly Step[] =>
  steps.flatMap((step) => (step.outcome === 'unknown' ? [step] : unknownSteps(step.steps ?? [])));

/** The steps under which `wanted` lies, outermost first; none when it does not. */
function routeTo(wanted: Step | undefined, steps: readonly Step[]): readonly Step[] {
  for (const step of steps) {
    const below = step.steps ?? [];
    if (below.some((one) => one === wanted)) return [step];
    const route = routeTo(wanted, below);
    if (route.length > 0) return [step, ...route];
  }
  return [];
}
