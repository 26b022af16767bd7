import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type JsonObject, objectOf, objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Api } from './api.ts';
import { ApiError } from './api-error.ts';

/** What is told of the objects of a kind. It keeps what it needs of each: nothing else does. */
export interface Watcher {
  /** It is there, or has changed. */
  seen(object: JsonObject): void;
  gone(object: JsonObject): void;
  /** All that are there have been seen just now: there are no others. */
  complete(objects: ReadonlySet<string>): void;
}

/** Told how far what is known is behind. */
export interface SyncObserver {
  /** What is known is what the API server has. */
  observeSync(cache: string): void;
  /** It did not answer, or stopped answering. */
  observeFailure(cache: string): void;
}

export interface WatchInput {
  readonly api: Pick<Api, 'pages' | 'watch'>;
  /** Such as `/api/v1/pods`. */
  readonly path: string;
  /** Such as `metadata.name=one`; without it, all. */
  readonly fieldSelector?: string;
  /** What is kept, in metrics and log. */
  readonly cache: string;
  /** By what `complete` tells objects apart. */
  keyOf(object: JsonObject): string;
  readonly watcher: Watcher;
  readonly observer: SyncObserver;
  readonly log: Logger;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** How long one request follows changes. */
  readonly seconds?: number;
}

/** Where changes are to be followed from; `undefined`: all has to be read first. */
interface Position {
  version: string | undefined;
}

/** Objects of a list that come at once: what a review has to wait for while they are parsed and judged. */
const pageSize = 100;

/** So often it is told that nothing has changed, where nothing has. */
const followedSeconds = 25;

/** A watch that ends at once is not asked for more often than this, in milliseconds. */
const shortest = 1_000;
/** After a failure, in milliseconds, and twice as long after each that follows; half of it by chance. */
const rest = { first: 1_000, longest: 5_000 };

export const nameOf = (object: unknown): string => String(valueAt(object, ['metadata', 'name']));

/** Lists the objects by pages, and follows their changes for ever; settles once all have been seen. */
export function watchObjects(input: WatchInput): Promise<void> {
  const listed = Promise.withResolvers<void>();
  void run(input, listed.resolve);
  return listed.promise;
}

async function run(input: WatchInput, listed: () => void): Promise<void> {
  const { cache, observer, log, signal } = input;
  const position: Position = { version: undefined };
  let failures = 0;
  const isOver = (): boolean => signal?.aborted === true;
  while (!isOver()) {
    const began = performance.now();
    try {
      if (position.version === undefined) {
        position.version = await list(input);
        observer.observeSync(cache);
        listed();
      }
      const following = { from: position.version, seconds: input.seconds ?? followedSeconds, signal };
      const changes = await input.api.watch(selected(input), following);
      if (failures > 0) log.info({ cache, failures }, 'watch goes on');
      failures = 0;
      await follow(input, changes, position);
      await pause(began + shortest - performance.now(), signal);
    } catch (error) {
      if (isOver()) return;
      // What the API server refuses to go on from is not asked for twice; a connection that breaks says nothing of it.
      if (!(error instanceof ApiError && error.code === 'unreachable')) position.version = undefined;
      failures += 1;
      observer.observeFailure(cache);
      log[failures === 1 ? 'warn' : 'debug']({ err: error, cache }, 'watch broke, trying again');
      await pause(restAfter(failures, Math.random()), signal);
    }
  }
}

/** @param chance from 0 to 1: not all who wait for the API server come back at the same moment. */
export function restAfter(failures: number, chance: number): number {
  return Math.min(rest.first * 2 ** (failures - 1), rest.longest) * (0.5 + chance / 2);
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(Math.max(0, milliseconds), undefined, signal && { signal }).catch(() => undefined);
}

const versionOf = (object: unknown): string => String(valueAt(object, ['metadata', 'resourceVersion']) ?? '');

const selected = ({ path, fieldSelector }: WatchInput): string =>
  fieldSelector === undefined ? path : `${path}?fieldSelector=${encodeURIComponent(fieldSelector)}`;

/** @returns the version of the list, from which on changes are to be followed. */
async function list(input: WatchInput): Promise<string> {
  const { api, keyOf, watcher } = input;
  const keys = new Set<string>();
  let version = '';
  for await (const page of api.pages(selected(input), pageSize)) {
    version = versionOf(page);
    for (const object of objectsOf(page.items)) {
      keys.add(keyOf(object));
      watcher.seen(object);
    }
  }
  watcher.complete(keys);
  return version;
}

/** Settles at the end of the changes; the position is where to go on then. */
async function follow(
  { cache, watcher, observer }: WatchInput,
  changes: AsyncIterable<JsonObject>,
  position: Position,
): Promise<void> {
  for await (const { type, object: found } of changes) {
    const object = objectOf(found);
    const version = versionOf(object);
    // An error has none: as a rule status 410, where changes since then are not kept any more.
    position.version = version === '' ? undefined : version;
    if (version === '') return;
    if (type === 'DELETED') watcher.gone(object);
    else if (type !== 'BOOKMARK') watcher.seen(object);
    observer.observeSync(cache);
  }
  observer.observeSync(cache);
}
