import { holdsBlock, overlaps } from '../../settings/block.ts';
import type { Condition } from '../rules/condition.ts';

/** Whether a packet for which all of `given` hold is one for which all of `wanted` do. False where in doubt. */
export const implies = (given: readonly Condition[], wanted: readonly Condition[]): boolean =>
  wanted.every((one) => given.some((other) => impliesOne(other, one)));

function impliesOne(given: Condition, wanted: Condition): boolean {
  if (given.kind !== wanted.kind) return false;
  if ('block' in given && 'block' in wanted) return impliesBlock(given, wanted);
  if (given.kind === 'protocol' && wanted.kind === 'protocol') return impliesProtocol(given, wanted);
  if (given.not || wanted.not) return sameCondition(given, wanted);
  if ('ranges' in given && 'ranges' in wanted) {
    return given.ranges.every(({ first, last }) =>
      wanted.ranges.some((range) => range.first <= first && last <= range.last),
    );
  }
  if ('first' in given && 'first' in wanted) return wanted.first <= given.first && given.last <= wanted.last;
  if (given.kind === 'state' && wanted.kind === 'state') {
    return given.states.every((state) => wanted.states.includes(state));
  }
  return given.kind !== 'unknown' && sameCondition(given, wanted);
}

type OfBlock = Extract<Condition, { readonly block: unknown }>;

function impliesBlock(given: OfBlock, wanted: OfBlock): boolean {
  if (!wanted.not) return !given.not && holdsBlock(wanted.block, given.block);
  return given.not ? holdsBlock(given.block, wanted.block) : !overlaps(given.block, wanted.block);
}

type OfProtocol = Extract<Condition, { readonly kind: 'protocol' }>;

/** `tcp` is `not udp`. */
const impliesProtocol = (given: OfProtocol, wanted: OfProtocol): boolean =>
  given.not === wanted.not ? given.name === wanted.name : wanted.not && given.name !== wanted.name;

/** Conditions are plain data, and each kind is made in one place: equal ones have equal texts. */
const sameCondition = (one: Condition, other: Condition): boolean =>
  one.not === other.not && JSON.stringify(one) === JSON.stringify(other);
