import { isObject } from '../admission/json.ts';

/**
 * For each item of `to` the index of the item of `from` that stays in its place; `undefined` where it is new. An item
 * stays where it is the very same, or one of the same name between two of those: items of Kubernetes' lists are known by it.
 * One that `leaves`, by its index in `from`, stays for none.
 */
export function matchItems(
  from: readonly unknown[],
  to: readonly unknown[],
  leaves: (index: number) => boolean = () => false,
): (number | undefined)[] {
  const same = to.map((item) => from.indexOf(item));
  let next = 0;
  return to.map((item, index) => {
    const later = same.slice(index).filter((one) => one >= next);
    const until = later.length > 0 ? Math.min(...later) + 1 : from.length;
    const found = from.findIndex((one, at) => at >= next && at < until && !leaves(at) && isSame(one, item));
    if (found === -1) return undefined;
    next = found + 1;
    return found;
  });
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  return isObject(one) && isObject(other) && typeof one.name === 'string' && one.name === other.name;
}
