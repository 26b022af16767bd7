import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isObject, type JsonObject, objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { ApiError } from './api-error.ts';
import { exchange, linesOf, type Patience } from './exchange.ts';
import { type Connection, loadKubeConfig } from './load-kube-config.ts';

/** How a body is taken: as a whole new object, or as what changes. */
export type BodyType = 'json' | 'merge-patch+json' | 'apply-patch+yaml';

/**
 * The API server by the kubeconfig, with objects as they are: the client's own types would drop fields that it does not
 * know. Paths are such as `/api/v1/namespaces/shop/pods`. All of it throws ApiError.
 */
export interface Api {
  /** Of the context. */
  readonly namespace: string;
  /** `undefined` where there is no such object, or no such kind. */
  get(path: string, signal?: AbortSignal): Promise<JsonObject | undefined>;
  /** All objects, a page at a time; none where there is no such kind. */
  list(path: string): Promise<readonly JsonObject[]>;
  /** The same as lists of at most so many, for who keeps little of each object. */
  pages(path: string, size?: number): AsyncIterable<JsonObject>;
  /**
   * Changes as they come, such as `{ type: 'MODIFIED', object }`; settles once the API server has begun. They end by
   * themselves, and they fail where the connection has broken or has been silent for longer than they may last.
   */
  watch(path: string, following: Following): Promise<AsyncIterable<JsonObject>>;
  send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: object, type?: BodyType): Promise<JsonObject>;
}

/** Which changes. */
export interface Following {
  /** The resourceVersion after which they begin. */
  readonly from: string;
  /** After how long the API server ends them, having told how far it came. */
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
}

interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

/** Objects of a list that come at once: about as many as `kubectl` asks for. */
const pageSize = 500;

/** A busy API server answers lists within it. */
const patienceOfCommands: Patience = { connect: 30_000, silence: 30_000 };

/** How long the end of a watch may be late, in milliseconds. */
const lateness = 5_000;

const unzip = promisify(gunzip);

/** @throws ApiError */
export function openApi(connection: Connection, patience: Patience = patienceOfCommands): Api {
  const { config, cluster, namespace } = loadKubeConfig(connection);
  const { origin } = new URL(cluster.server);
  const open = async (
    path: string,
    { signal, method = 'GET', headers = {} }: Pick<RequestOptions, 'signal' | 'method' | 'headers'>,
    limits: Patience = patience,
    body?: string,
  ): Promise<IncomingMessage> => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options).catch((cause: Error) => {
      throw new ApiError('unauthorized', `the credentials of the context cannot be read: ${cause.message}`);
    });
    // An agent would keep the CA of its first connection for ever, and a connection that may have been cut meanwhile.
    if (cluster.proxyUrl === undefined) options.agent = false;
    const url = new URL(`${cluster.server.replace(/\/$/, '')}${path}`);
    const all = { ...options.headers, accept: 'application/json', ...headers };
    const request = { ...options, method, headers: all, ...(signal && { signal }) };
    return await exchange(url, request, limits, body).catch((cause) =>
      Promise.reject(unreachable(origin, cause)),
    );
  };
  const ask = async (
    path: string,
    request: Pick<RequestOptions, 'signal' | 'method' | 'headers'> = {},
    body?: object,
  ): Promise<Reply> => {
    const headers = { ...request.headers, 'accept-encoding': 'gzip' };
    const response = await open(path, { ...request, headers }, patience, body && JSON.stringify(body));
    return await replyOf(response).catch((cause) => Promise.reject(unreachable(origin, cause)));
  };
  const read = async (path: string, signal?: AbortSignal): Promise<JsonObject | undefined> => {
    const reply = await ask(path, signal && { signal });
    return reply.status === 404 ? undefined : successful(reply);
  };
  async function* pages(path: string, size = pageSize): AsyncIterable<JsonObject> {
    let next = '';
    do {
      const from = next === '' ? '' : `&continue=${encodeURIComponent(next)}`;
      const joint = path.includes('?') ? '&' : '?';
      const page = await read(`${path}${joint}limit=${size}${from}`);
      if (page !== undefined) yield page;
      next = String(valueAt(page, ['metadata', 'continue']) ?? '');
    } while (next !== '');
  }
  return {
    namespace,
    get: read,
    pages,
    async list(path) {
      const items: JsonObject[] = [];
      for await (const page of pages(path)) items.push(...objectsOf(page.items));
      return items;
    },
    async watch(path, { from, seconds, signal }) {
      const joint = path.includes('?') ? '&' : '?';
      const version = `resourceVersion=${encodeURIComponent(from)}`;
      const query = `${joint}watch=true&allowWatchBookmarks=true&timeoutSeconds=${seconds}&${version}`;
      const silence = seconds * 1000 + lateness;
      const response = await open(`${path}${query}`, signal ? { signal } : {}, { ...patience, silence });
      if (response.statusCode !== 200) successful(await replyOf(response));
      return changesOf(origin, response);
    },
    send: async (method, path, body, type = 'json') =>
      successful(await ask(path, { method, headers: { 'content-type': `application/${type}` } }, body)),
  };
}

async function* changesOf(origin: string, response: IncomingMessage): AsyncIterable<JsonObject> {
  try {
    for await (const line of linesOf(response)) yield parse(line);
  } catch (cause) {
    throw unreachable(origin, cause);
  }
}

async function replyOf(response: IncomingMessage): Promise<Reply> {
  const bytes = await buffer(response);
  const text = response.headers['content-encoding'] === 'gzip' ? await unzip(bytes) : bytes;
  return { status: response.statusCode ?? 0, body: parse(text.toString('utf8')) };
}

function unreachable(origin: string, cause: unknown): ApiError {
  const remedy = 'is the cluster up, and the context the right one? --context takes another';
  const message = `the API server at ${origin} cannot be reached: ${describe(cause)}: ${remedy}`;
  return new ApiError('unreachable', message, { cause });
}

/** In one line. Several addresses that fail are one error without a message. */
function describe(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(describe).join(', ');
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.trim().split('\n', 1)[0] ?? message;
}

function parse(text: string): JsonObject {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : {};
  } catch {
    return { message: text.trim().split('\n', 1)[0] };
  }
}

function successful({ status, body }: Reply): JsonObject {
  if (status < 300) return body;
  const said = typeof body.message === 'string' && body.message !== '' ? body.message : `status ${status}`;
  switch (status) {
    case 401:
      throw new ApiError(
        'unauthorized',
        `the API server does not take the credentials of the context (${said}): renew them, or give another --context`,
      );
    case 403:
      throw new ApiError('forbidden', `${said}: ask for that permission, or give another --context`);
    case 409:
      throw new ApiError('conflict', said);
    default:
      throw new ApiError('refused', `the API server answers ${status}: ${said}`);
  }
}
