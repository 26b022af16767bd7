import { startProgram } from '../net/program.ts';
import type { Cluster } from './cluster.ts';

/** What the API server answers. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  /** The texts of the warnings that kubectl would print. */
  readonly warnings: readonly string[];
}

export type Request = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<Reply>;

/** The API server's own interface, by kubectl's credentials. */
export interface Api {
  /** Scheme, host and port; no credentials are needed there. */
  readonly origin: string;
  readonly request: Request;
  stop(): Promise<void>;
}

export async function openApi({ kubectl, kubeconfig }: Cluster): Promise<Api> {
  const proxy = startProgram(kubectl, ['proxy', '--port=0'], {
    env: { KUBECONFIG: kubeconfig, NO_PROXY: '*' },
  });
  const [, address] = /(127\.0\.0\.1:\d+)/.exec(await proxy.nextLine()) ?? [];
  const origin = `http://${address}`;
  return {
    origin,
    stop: () => proxy.stop(),
    async request(method, path, body) {
      const response = await fetch(`${origin}${path}`, {
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return {
        status: response.status,
        text: await response.text(),
        warnings: warningsIn(response.headers.get('warning') ?? ''),
      };
    },
  };
}

/** {@link openApi} for the suite that calls this: hundreds of requests, where a kubectl for each would take minutes. */
export function useApi(cluster: () => Cluster): Request {
  let api: Api;
  before(async () => {
    api = await openApi(cluster());
  });
  after(() => api.stop());
  return (...request) => api.request(...request);
}

/** `299 - "text"`, one after another (RFC 7234, section 5.5). */
const warningsIn = (header: string): string[] =>
  [...header.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, quoted = '']) => quoted.replace(/\\(.)/g, '$1'));
