import { expect } from 'chai';
import { pino } from 'pino';
import type { Api } from '../../../webhook/cluster/api.ts';
import { watchNamespaces } from '../../../webhook/cluster/namespaces.ts';
import type { NamespaceLookup } from '../../../webhook/server/app.ts';
import { until } from '../../cluster/polling.ts';
import { ApiServer } from './api-server.ts';

const ignore = { observeSync: () => undefined, observeFailure: () => undefined };

describe('the cache of namespaces', () => {
  let server: ApiServer;
  let api: Api;
  let end: AbortController;
  beforeEach(async () => {
    server = new ApiServer();
    api = await server.start();
    end = new AbortController();
    for (const name of ['shop', 'bank']) server.put(name, name);
  });
  afterEach(async () => {
    end.abort();
    await server.stop();
  });

  const watch = (): Promise<NamespaceLookup> =>
    watchNamespaces({
      ...{ api, cache: 'namespaces', observer: ignore, log: pino({ level: 'silent' }), signal: end.signal },
    });
  const text = async (look: NamespaceLookup, name: string): Promise<string | undefined> =>
    (await look(name))?.annotations.text;
  const becomes = (look: NamespaceLookup, name: string, expected: string | undefined): Promise<void> =>
    until(async () => (await text(look, name)) === expected, AbortSignal.timeout(20_000));

  it('answers from memory, also while the API server does not', async () => {
    const look = await watch();
    for (const state of ['away', 'silent'] as const) {
      server.state = state;
      server.drop();
      expect(await text(look, 'shop')).to.equal('shop');
    }
    expect(server.asked.filter((asked) => asked.startsWith('get'))).to.deep.equal([]);
  });

  it('asks for one that it does not know, and knows that there is none', async () => {
    const look = await watch();
    expect(await text(look, 'no/such')).to.equal(undefined);
    expect(server.asked.filter((asked) => asked.startsWith('get'))).to.deep.equal([
      'get /api/v1/namespaces/no%2Fsuch',
    ]);
  });

  it('gives up on one that it does not know before the API server gives up on the review', async () => {
    const look = await watch();
    server.state = 'silent';
    const began = performance.now();
    const failure = await look('new').catch((error: Error) => error.message);
    expect(failure).to.contain('cannot be reached');
    expect(performance.now() - began).to.be.within(1_500, 4_500);
  });

  it('follows what is changed, deleted and made, and what was so while the API server was away', async () => {
    const look = await watch();
    server.put('shop', 'changed');
    await becomes(look, 'shop', 'changed');
    server.state = 'away';
    server.drop();
    server.put('shop', undefined);
    server.put('bank', undefined);
    server.put('bank', 'another');
    server.hasForgotten = true;
    server.state = 'well';
    await becomes(look, 'bank', 'another');
    expect(await look('shop')).to.equal(undefined);
  });
}).timeout(30_000);
