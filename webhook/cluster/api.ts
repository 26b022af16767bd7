import { request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isObject, type JsonObject, objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { ApiError } from './api-error.ts';
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
  get(path: string): Promise<JsonObject | undefined>;
  /** All objects, a page at a time; none where there is no such kind. */
  list(path: string): Promise<readonly JsonObject[]>;
  /** The same as lists of at most so many, for who keeps little of each object. */
  pages(path: string, size?: number): AsyncIterable<JsonObject>;
  send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: object, type?: BodyType): Promise<JsonObject>;
}

interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

/** Objects of a list that come at once: about as many as `kubectl` asks for. */
const pageSize = 500;

/** Of silence, after which nobody waits on. A busy API server answers lists within it. */
const patienceMilliseconds = 30_000;

const unzip = promisify(gunzip);

/** @throws ApiError */
export function openApi(connection: Connection): Api {
  const { config, cluster, namespace } = loadKubeConfig(connection);
  const ask = async (
    method: string,
    path: string,
    body?: object,
    type: BodyType = 'json',
  ): Promise<Reply> => {
    const options: RequestOptions = { timeout: patienceMilliseconds };
    await config.applyToHTTPSOptions(options).catch((cause: Error) => {
      throw new ApiError('unauthorized', `the credentials of the context cannot be read: ${cause.message}`);
    });
    return await exchange(
      new URL(`${cluster.server.replace(/\/$/, '')}${path}`),
      {
        ...options,
        method,
        headers: {
          ...options.headers,
          accept: 'application/json',
          'accept-encoding': 'gzip',
          ...(body && { 'content-type': `application/${type}` }),
        },
      },
      body,
    );
  };
  const read = async (path: string): Promise<JsonObject | undefined> => {
    const reply = await ask('GET', path);
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
    send: async (method, path, body, type) => successful(await ask(method, path, body, type)),
  };
}

async function exchange(url: URL, options: RequestOptions, body: object | undefined): Promise<Reply> {
  try {
    return await new Promise((resolve, reject) => {
      const start = url.protocol === 'http:' ? requestHttp : requestHttps;
      const request = start(url, options, (response) => {
        const read = async (): Promise<Reply> => {
          const bytes = await buffer(response);
          const text = response.headers['content-encoding'] === 'gzip' ? await unzip(bytes) : bytes;
          return { status: response.statusCode ?? 0, body: parse(text.toString('utf8')) };
        };
        read().then(resolve, reject);
      });
      request.on('timeout', () =>
        request.destroy(new Error(`no answer within ${patienceMilliseconds / 1000} s`)),
      );
      request.on('error', reject);
      request.end(body && JSON.stringify(body));
    });
  } catch (cause) {
    const remedy = 'is the cluster up, and the context the right one? --context takes another';
    const message = `the API server at ${url.origin} cannot be reached: ${describe(cause)}: ${remedy}`;
    throw new ApiError('unreachable', message, { cause });
  }
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
