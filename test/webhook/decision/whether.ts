import type { LabelSelector } from './label-selector.ts';

/** A selector without what it says of revisions: whether a pod gets a proxy, and not whose. */
export function whether({ matchExpressions = [], ...rest }: LabelSelector): LabelSelector {
  const kept = matchExpressions.filter(({ key }) => key !== 'outrider.io/revision');
  return { ...rest, ...(kept.length > 0 && { matchExpressions: kept }) };
}
