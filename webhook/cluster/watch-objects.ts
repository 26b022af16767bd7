import { setTimeout } from 'node:timers/promises';
import { type KubeConfig, Watch } from '@kubernetes/client-node';
import type { Logger } from 'pino';
import { type JsonObject, objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Api } from './api.ts';

/** What is told of the objects of a kind. It keeps what it needs of each: nothing else does. */
export interface Watcher {
  /** It is there, or has changed. */
  seen(object: JsonObject): void;
  gone(object: JsonObject): void;
  /** All that are there have been seen just now: there are no others. */
  complete(objects: ReadonlySet<string>): void;
}

export interface WatchInput {
  readonly config: KubeConfig;
  readonly api: Api;
  /** Such as `/api/v1/pods`. */
  readonly path: string;
  /** By what `complete` tells objects apart. */
  keyOf(object: JsonObject): string;
  readonly watcher: Watcher;
  readonly log: Logger;
}

/** How long a watch that ended, or a list that failed, rests before the next try. */
const restMilliseconds = 1000;

/** Objects of a list that come at once: what a review has to wait for while they are parsed and judged. */
const pageSize = 100;

/**
 * How long one request follows changes: the API server then ends it, having told how far it came. The client gives up a
 * connection that has been silent for 30 s (@kubernetes/client-node, Watch), as a dead one is.
 */
const timeoutSeconds = 25;

const versionOf = (object: JsonObject | undefined): string =>
  String(valueAt(object, ['metadata', 'resourceVersion']) ?? '');

/** Lists the objects by pages, and follows their changes for ever; settles once all have been seen. */
export function watchObjects(input: WatchInput): Promise<void> {
  const listed = Promise.withResolvers<void>();
  const run = async (): Promise<never> => {
    for (let version: string | undefined; ; await setTimeout(restMilliseconds)) {
      try {
        version ??= await list(input);
        listed.resolve();
        version = await follow(input, version);
      } catch (error) {
        version = undefined;
        input.log.warn({ err: error, path: input.path }, 'list of the auditor failed, trying again');
      }
    }
  };
  void run();
  return listed.promise;
}

/** @returns the version of the list, from which on changes are to be followed. */
async function list({ api, path, keyOf, watcher }: WatchInput): Promise<string> {
  const keys = new Set<string>();
  let version = '';
  for await (const page of api.pages(path, pageSize)) {
    version = versionOf(page);
    for (const object of objectsOf(page.items)) {
      keys.add(keyOf(object));
      watcher.seen(object);
    }
  }
  watcher.complete(keys);
  return version;
}

/** @returns the version from which on to follow again; `undefined` where that is too old, and a list has to come. */
async function follow({ config, path, watcher, log }: WatchInput, from: string): Promise<string | undefined> {
  const watch = new Watch(config);
  const ended = Promise.withResolvers<void>();
  let version: string | undefined = from;
  const take = (phase: string, object: JsonObject): void => {
    // As a rule status 410: changes since then are not kept any more.
    version = phase === 'ERROR' ? undefined : versionOf(object);
    if (phase === 'ERROR') ended.resolve();
    else if (phase === 'DELETED') watcher.gone(object);
    else if (phase !== 'BOOKMARK') watcher.seen(object);
  };
  const end = (error: { statusCode?: number } | null): void => {
    if (error?.statusCode === 410) version = undefined;
    if (error) log.debug({ err: error, path }, 'watch of the auditor ended');
    ended.resolve();
  };
  const query = { resourceVersion: from, allowWatchBookmarks: true, timeoutSeconds };
  const controller = await watch.watch(path, query, take, end);
  await ended.promise;
  controller.abort();
  return version;
}
