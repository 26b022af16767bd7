import { type Condition, describeConditions, hex } from '../rules/condition.ts';
import { describeVerdict } from '../rules/verdict-words.ts';
import { describePacket, holds, type Packet } from './packet.ts';
import { chainKey, type Effect, type Ruleset, type TableName, type TracedRule } from './ruleset.ts';

/** What a packet met in one rule. */
export interface Step {
  readonly table: TableName;
  readonly chain: string;
  /** From 1 on, as iptables counts. */
  readonly position: number;
  readonly match: string;
  readonly does: string;
  readonly outcome: 'skipped' | 'taken' | 'unknown';
  /** Why it was skipped or is not known, in few words. */
  readonly why?: string;
  readonly reason?: string;
  readonly setting?: string;
  /** What it met in the chain that the rule led to. */
  readonly steps?: readonly Step[];
}

/** How the walk through one hook of one table ends. */
export type End =
  | { readonly kind: 'accept' | 'drop'; readonly by: Step | undefined }
  | { readonly kind: 'redirect' | 'tproxy'; readonly port: number; readonly by: Step };

export interface Walk {
  readonly steps: readonly Step[];
  readonly end: End;
  readonly mark: number;
  readonly connectionMark: number;
}

/** Deeper than any chain of jumps: the kernel refuses loops, a dump that was written by hand may hold one. */
const deepest = 64;

/**
 * Follows a packet through one chain of the kernel's. A rule that is not understood is passed by, and stands in the
 * steps with the outcome `unknown`.
 */
export function walk(ruleset: Ruleset, table: TableName, hook: string, packet: Packet): Walk {
  let { mark, connectionMark } = packet;
  /** The last rule that sent the packet on its way: it is what lets a packet be that nothing else decides on. */
  let released: Step | undefined;
  const top: Step[] = [];

  /** Gives how the chain decides, or undefined when it leads back to its caller. */
  function follow(chain: string, steps: Step[], depth: number): End | undefined {
    const rules = depth > deepest ? [] : (ruleset.get(chainKey(table, chain))?.rules ?? []);
    for (const [index, rule] of rules.entries()) {
      const { outcome, why } = outcomeOf(rule, { ...packet, mark, connectionMark });
      const below: Step[] = [];
      const step: Step = {
        ...{ table, chain, position: index + 1, match: describeConditions(rule.conditions) },
        ...{ does: describeEffect(rule.effect), outcome },
        ...(why !== undefined && { why }),
        ...(rule.reason !== undefined && { reason: rule.reason }),
        ...(rule.setting !== undefined && { setting: rule.setting }),
        ...(outcome === 'taken' && isLead(rule.effect) && { steps: below }),
      };
      steps.push(step);
      if (outcome !== 'taken') continue;
      const { effect } = rule;
      switch (effect.kind) {
        case 'jump':
        case 'goto': {
          const end = follow(effect.chain, below, depth + 1);
          if (end !== undefined) return end;
          if (effect.kind === 'goto') return undefined;
          break;
        }
        case 'return':
          released = step;
          return undefined;
        case 'mark':
          mark = effect.mark;
          break;
        case 'xmark':
          // Without sign: marks have 32 bits.
          mark = ((mark & ~effect.mask) ^ effect.value) >>> 0;
          break;
        case 'accept':
        case 'drop':
          return { kind: effect.kind, by: step };
        case 'reset':
          return { kind: 'drop', by: step };
        case 'redirect':
          return { kind: 'redirect', port: effect.port, by: step };
        case 'tproxy':
          mark = effect.mark;
          return { kind: 'tproxy', port: effect.port, by: step };
        case 'connection-mark':
          connectionMark = effect.mark;
          break;
        // Where it comes from, no rule of ours asks.
        case 'zone':
        case 'source-ports':
        case 'none':
        case 'unknown':
          break;
      }
    }
    return undefined;
  }

  const end = follow(hook, top, 0);
  const policy = ruleset.get(chainKey(table, hook))?.policy ?? 'accept';
  return {
    ...{ steps: top, end: end ?? { kind: policy, by: policy === 'drop' ? undefined : released } },
    ...{ mark, connectionMark },
  };
}

const isLead = ({ kind }: Effect): boolean => kind === 'jump' || kind === 'goto';

function outcomeOf({ conditions, effect }: TracedRule, packet: Packet): Pick<Step, 'outcome' | 'why'> {
  const holding = (wanted: boolean | undefined): Condition | undefined =>
    conditions.find((condition) => holds(condition, packet) === wanted);
  const failed = holding(false);
  if (failed !== undefined) return { outcome: 'skipped', why: describePacket(failed, packet) };
  // Whether it matches or not, nothing comes of it.
  if (effect.kind === 'none') return { outcome: 'skipped', why: 'decides nothing' };
  const unknown = holding(undefined);
  if (unknown !== undefined) return { outcome: 'unknown', why: describePacket(unknown, packet) };
  if (effect.kind === 'unknown') return { outcome: 'unknown', why: 'not understood' };
  return { outcome: 'taken' };
}

function describeEffect(effect: Effect): string {
  if (effect.kind === 'goto') return `→→ ${effect.chain}`;
  if (effect.kind === 'xmark') return `mark ${hex(effect.value)}/${hex(effect.mask)}`;
  if (effect.kind === 'none' || effect.kind === 'unknown') return effect.text;
  return describeVerdict(effect);
}
