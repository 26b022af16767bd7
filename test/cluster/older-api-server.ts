import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApi } from './api.ts';
import type { Cluster } from './cluster.ts';

/** As the API server of that version tells it. */
const version = { major: '1', minor: '29', gitVersion: 'v1.29.15', platform: 'linux/amd64' };

/** As it answers for a kind that it does not have. */
const notFound = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };

export interface OlderApiServer {
  /** Path of a kubeconfig that leads to it, with an administrator's rights. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/** The cluster's API server with what one of Kubernetes 1.29 lacks taken away: admission policies in their v1. */
export async function startOlderApiServer(cluster: Cluster): Promise<OlderApiServer> {
  const api = await openApi(cluster);
  const server = createServer((asked, answer) => {
    const { method, headers, url = '' } = asked;
    const json = (status: number, body: object): void => {
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (url === '/version') json(200, version);
    else if (url.includes('/validatingadmissionpolic')) json(404, notFound);
    else {
      const passedOn = request(`${api.origin}${url}`, { method, headers }, (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(answer);
      });
      passedOn.on('error', (error) => answer.destroy(error));
      asked.pipe(passedOn);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const folder = await mkdtemp(join(tmpdir(), 'outrider-older-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      // The client takes plain HTTP with that word alone.
      {
        name: 'older',
        cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true },
      },
    ],
    users: [{ name: 'older', user: {} }],
    contexts: [{ name: 'older', context: { cluster: 'older', user: 'older' } }],
    'current-context': 'older',
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  return {
    kubeconfig,
    async stop() {
      server.closeAllConnections();
      server.close();
      await api.stop();
      await rm(folder, { recursive: true });
    },
  };
}
