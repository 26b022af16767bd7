import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Api, openApi } from '../../../webhook/cluster/api.ts';
import type { Patience } from '../../../webhook/cluster/exchange.ts';

interface Stored {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly annotations?: object;
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** The part of an API server that lists and watches the objects of one kind, gets one, and can fail. */
export class ApiServer {
  private readonly server: Server;
  private readonly watches = new Set<ServerResponse>();
  private readonly objects = new Map<string, Stored>();
  private readonly history: { type: string; object: Stored }[] = [];
  private folder = '';
  private version = 1;
  /** `away`: refuses; `silent`: takes what comes, and never answers; `mute`: its watches tell nothing, and do not end. */
  state: 'well' | 'away' | 'silent' | 'mute' = 'well';
  /** As when what a watch wants to go on from is no longer known. */
  hasForgotten = false;
  readonly asked: string[] = [];

  constructor() {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  async start(patience: Patience = { connect: 2_000, silence: 2_000 }): Promise<Api> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = this.server.address() as AddressInfo;
    this.folder = await mkdtemp(join(tmpdir(), 'outrider-api-'));
    const kubeconfig = join(this.folder, 'kubeconfig');
    const cluster = { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
    const config = {
      clusters: [{ name: 'test', cluster }],
      users: [{ name: 'test', user: {} }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      'current-context': 'test',
    };
    await writeFile(kubeconfig, JSON.stringify(config));
    return openApi({ kubeconfig }, patience);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await rm(this.folder, { recursive: true });
  }

  /** @param text `undefined`: deletes it. */
  put(name: string, text: string | undefined): void {
    const before = this.objects.get(name);
    if (text === undefined && before === undefined) return;
    this.version += 1;
    const metadata = { name, resourceVersion: `${this.version}`, annotations: { text } };
    if (text === undefined) this.objects.delete(name);
    else this.objects.set(name, { metadata, data: { text } });
    const object = this.objects.get(name) ?? { ...before, metadata };
    const type = text === undefined ? 'DELETED' : before === undefined ? 'ADDED' : 'MODIFIED';
    this.history.push({ type, object });
    if (this.state === 'well') for (const watch of this.watches) send(watch, { type, object });
  }

  drop(): void {
    for (const response of this.watches) response.destroy();
    this.watches.clear();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const isWatch = searchParams.get('watch') === 'true';
    const selector = searchParams.get('fieldSelector');
    const isList = pathname.endsWith('s');
    this.asked.push(isList ? `${isWatch ? 'watch' : 'list'} ${selector}` : `get ${pathname}`);
    if (this.state === 'away') response.writeHead(503).end('{}');
    if (this.state === 'away' || this.state === 'silent') return;
    if (isWatch) this.follow(Number(searchParams.get('resourceVersion')), response);
    else this.tell(pathname, isList, selector, response);
  }

  private tell(pathname: string, isList: boolean, selector: string | null, response: ServerResponse): void {
    response.setHeader('content-type', 'application/json');
    if (!isList) {
      const object = this.objects.get(pathname.split('/').at(-1) ?? '');
      response.writeHead(object ? 200 : 404).end(JSON.stringify(object ?? {}));
      return;
    }
    const all = [...this.objects.values()];
    const items = all.filter(({ metadata }) => !selector || selector === `metadata.name=${metadata.name}`);
    response.end(JSON.stringify({ items, metadata: { resourceVersion: `${this.version}` } }));
  }

  private follow(known: number, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (this.hasForgotten) {
      this.hasForgotten = false;
      send(response, { type: 'ERROR', object: { kind: 'Status', metadata: {}, code: 410 } });
      response.end();
      return;
    }
    if (this.state === 'mute') return;
    this.watches.add(response);
    for (const change of this.history) {
      if (Number(change.object.metadata.resourceVersion) > known) send(response, change);
    }
  }
}

const send = (to: ServerResponse, change: object): void => void to.write(`${JSON.stringify(change)}\n`);
