import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CoreV1Api, KubeConfig, type V1Secret } from '@kubernetes/client-node';
import { expect } from 'chai';
import { pino } from 'pino';
import { watchOne } from '../../../webhook/cluster/watch-one.ts';
import { until } from '../../cluster/polling.ts';

/** The part of an API server that lists and watches one Secret, and can be away. */
class ApiServer {
  private readonly server: Server;
  private readonly watches = new Set<ServerResponse>();
  private version = 1;
  private text: string | undefined;
  isAway = false;
  /** As when what a watch wants to go on from is no longer known. */
  hasForgotten = false;
  readonly asked: string[] = [];

  constructor() {
    this.server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      const isWatch = searchParams.get('watch') === 'true';
      this.asked.push(`${isWatch ? 'watch' : 'list'} ${searchParams.get('fieldSelector')}`);
      if (this.isAway) return void response.writeHead(503).end('{}');
      if (!isWatch) {
        const items = this.text === undefined ? [] : [this.object(this.text)];
        response.setHeader('content-type', 'application/json');
        return void response.end(JSON.stringify({ items, metadata: { resourceVersion: `${this.version}` } }));
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      if (this.hasForgotten) {
        this.hasForgotten = false;
        return void response.end(`${JSON.stringify({ type: 'ERROR', object: { code: 410 } })}\n`);
      }
      this.watches.add(response);
      const known = Number(searchParams.get('resourceVersion'));
      if (known < this.version && this.text !== undefined) this.send('MODIFIED', this.text, [response]);
    });
  }

  async start(): Promise<KubeConfig> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = this.server.address() as AddressInfo;
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'test', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: 'test' },
    );
    return config;
  }

  /** @param text `undefined`: deletes it. */
  put(text: string | undefined): void {
    const before = this.text;
    this.version += 1;
    this.text = text;
    if (text !== undefined) this.send(before === undefined ? 'ADDED' : 'MODIFIED', text, this.watches);
    else if (before !== undefined) this.send('DELETED', before, this.watches);
  }

  drop(): void {
    for (const response of this.watches) response.destroy();
    this.watches.clear();
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private object(text: string): V1Secret {
    return {
      metadata: { name: 'one', namespace: 'here', resourceVersion: `${this.version}` },
      data: { text },
    };
  }

  private send(type: string, text: string, to: Iterable<ServerResponse>): void {
    for (const response of to) response.write(`${JSON.stringify({ type, object: this.object(text) })}\n`);
  }
}

describe('the watch of one object', () => {
  let api: ApiServer;
  let offered: (string | undefined)[];
  let begin: () => Promise<void>;
  let end: (() => Promise<void>) | undefined;
  beforeEach(async () => {
    api = new ApiServer();
    offered = [];
    const config = await api.start();
    const core = config.makeApiClient(CoreV1Api);
    const watched = {
      path: '/api/v1/namespaces/here/secrets',
      name: 'one',
      list: (fieldSelector: string) => core.listNamespacedSecret({ namespace: 'here', fieldSelector }),
    };
    const take = (secret: V1Secret | undefined): void => void offered.push(secret?.data?.text);
    begin = async () => {
      end = await watchOne<V1Secret>(config, watched, take, pino({ level: 'silent' }));
    };
  });
  afterEach(async () => {
    await end?.();
    api.stop();
  });

  const latest = (text: string | undefined): Promise<void> =>
    until(() => offered.length > 0 && offered.at(-1) === text, AbortSignal.timeout(20_000));

  it('offers what there is, what becomes of it, and that it is gone, and asks for nothing else', async () => {
    api.put('first');
    await begin();
    await latest('first');
    api.put('second');
    await latest('second');
    api.put(undefined);
    await latest(undefined);
    api.put('third');
    await latest('third');
    expect(new Set(api.asked)).to.deep.equal(new Set(['list metadata.name=one', 'watch metadata.name=one']));
  });

  it('offers that there is none, and settles by that', async () => {
    await begin();
    expect(offered).to.deep.equal([undefined]);
  });

  it('settles when the API server is there at last', async () => {
    api.isAway = true;
    const begun = begin();
    await until(() => api.asked.length > 1, AbortSignal.timeout(20_000));
    expect(offered).to.deep.equal([]);
    api.isAway = false;
    await begun;
    expect(offered).to.deep.equal([undefined]);
  });

  it('offers nothing while the API server is away, and then what has changed meanwhile', async () => {
    api.put('first');
    await begin();
    await latest('first');
    api.isAway = true;
    api.drop();
    const asked = api.asked.length;
    await until(() => api.asked.length > asked, AbortSignal.timeout(20_000));
    api.put('second');
    expect(offered).to.deep.equal(['first']);
    api.isAway = false;
    await latest('second');
  });

  it('reads all anew where the API server no longer knows what has changed', async () => {
    api.put('first');
    await begin();
    await latest('first');
    api.hasForgotten = true;
    api.drop();
    api.put(undefined);
    await latest(undefined);
  });
});
