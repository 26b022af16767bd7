import type { WarningEvent } from '../admission/denial.ts';

/** What may be told, and when it was found; in milliseconds that only grow. */
export interface Due {
  readonly event: WarningEvent;
  readonly since: number;
}

export interface Telling {
  /** What is to be told now. What it returns counts as told. */
  due(found: Iterable<Due>, now: number): readonly WarningEvent[];
  /** It could not be told: it is due again. */
  forget(event: WarningEvent): void;
}

/** What passes by itself, as the pods of a rollout that goes on, is not worth an Event. */
const settled = 10_000;
/** The API server keeps Events for an hour by default, and takes one of the same name no sooner. */
const repetition = 61 * 60_000;
/** After an upgrade all pods are outdated: the API server has other work than to be told. */
const mostAtOnce = 4;

/** Bounds what is told: each trouble once an hour, and at each call a few. */
export function createTelling(): Telling {
  const told = new Map<string, number>();
  return {
    due(found, now) {
      for (const [name, at] of told) {
        // A Map keeps the order of insertion.
        if (now - at < repetition) break;
        told.delete(name);
      }
      const chosen: WarningEvent[] = [];
      for (const { event, since } of found) {
        if (chosen.length === mostAtOnce) break;
        if (now - since < settled || told.has(event.name)) continue;
        told.set(event.name, now);
        chosen.push(event);
      }
      return chosen;
    },
    forget: ({ name }) => void told.delete(name),
  };
}
