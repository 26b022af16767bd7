import { expect } from 'chai';
import { pino } from 'pino';
import type { JsonObject } from '../../../webhook/admission/json.ts';
import { valueAt } from '../../../webhook/admission/pod-holders.ts';
import type { Api } from '../../../webhook/cluster/api.ts';
import { watchOne } from '../../../webhook/cluster/watch-one.ts';
import { until } from '../../cluster/polling.ts';
import { ApiServer } from './api-server.ts';

describe('the watch of one object', () => {
  let server: ApiServer;
  let api: Api;
  let offered: unknown[];
  /** What the metrics were told. */
  let observed: string[];
  let end: AbortController;
  beforeEach(async () => {
    server = new ApiServer();
    api = await server.start();
    offered = [];
    observed = [];
    end = new AbortController();
  });
  afterEach(async () => {
    end.abort();
    await server.stop();
  });

  const begin = (seconds = 25): Promise<void> =>
    watchOne(
      {
        ...{ api, path: '/api/v1/namespaces/here/secrets', name: 'one', cache: 'secret', seconds },
        observer: {
          observeSync: (cache) => observed.push(`synced ${cache}`),
          observeFailure: (cache) => observed.push(`failed ${cache}`),
        },
        log: pino({ level: 'silent' }),
        signal: end.signal,
      },
      (object: JsonObject | undefined) => offered.push(valueAt(object, ['data', 'text'])),
    );
  const latest = (text: string | undefined): Promise<void> =>
    until(() => offered.length > 0 && offered.at(-1) === text, AbortSignal.timeout(20_000));

  it('offers what there is, what becomes of it, and that it is gone, and asks for nothing else', async () => {
    server.put('one', 'first');
    await begin();
    await latest('first');
    server.put('one', 'second');
    await latest('second');
    server.put('one', undefined);
    await latest(undefined);
    server.put('one', 'third');
    await latest('third');
    expect(new Set(server.asked)).to.deep.equal(
      new Set(['list metadata.name=one', 'watch metadata.name=one']),
    );
    expect(new Set(observed)).to.deep.equal(new Set(['synced secret']));
  });

  it('offers that there is none, and settles by that', async () => {
    await begin();
    expect(offered).to.deep.equal([undefined]);
  });

  for (const state of ['away', 'silent'] as const) {
    it(`settles when an API server answers at last that was ${state}`, async () => {
      server.state = state;
      const begun = begin();
      await until(() => server.asked.length > 1, AbortSignal.timeout(20_000));
      expect(offered).to.deep.equal([]);
      expect(new Set(observed)).to.deep.equal(new Set(['failed secret']));
      server.state = 'well';
      await begun;
      expect(offered).to.deep.equal([undefined]);
    });
  }

  it('offers nothing while the API server is away, and then what has changed meanwhile, once', async () => {
    server.put('one', 'first');
    await begin();
    await latest('first');
    server.state = 'away';
    server.drop();
    const asked = server.asked.length;
    await until(() => server.asked.length > asked, AbortSignal.timeout(20_000));
    server.put('one', 'second');
    expect(offered).to.deep.equal(['first']);
    server.state = 'well';
    await latest('second');
    expect(offered).to.deep.equal(['first', 'second']);
  });

  it('does not offer again what it has offered, where the API server was away and nothing has changed', async () => {
    server.put('one', 'first');
    await begin();
    await latest('first');
    server.state = 'away';
    server.drop();
    await until(() => observed.at(-1) === 'failed secret', AbortSignal.timeout(20_000));
    server.state = 'well';
    await until(() => observed.at(-1) === 'synced secret', AbortSignal.timeout(20_000));
    expect(offered).to.deep.equal(['first']);
  });

  it('reads all anew where the API server no longer knows what has changed', async () => {
    server.put('one', 'first');
    await begin();
    await latest('first');
    server.hasForgotten = true;
    server.drop();
    server.put('one', undefined);
    await latest(undefined);
  });

  it('notices a connection that is open and tells nothing, not even its end', async () => {
    server.put('one', 'first');
    server.state = 'mute';
    await begin(1);
    await latest('first');
    await until(() => server.asked.at(-1) === 'watch metadata.name=one', AbortSignal.timeout(20_000));
    server.put('one', 'second');
    server.state = 'well';
    await latest('second');
    expect(observed).to.include('failed secret');
  });
}).timeout(30_000);
