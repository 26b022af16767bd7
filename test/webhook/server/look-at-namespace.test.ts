import { expect } from 'chai';
import { pod } from '../pods.ts';
import { patchOf, paths, type Running, responseOf, reviewOf, run, uid } from './server.ts';

describe("the server's look at the namespace", () => {
  const namespaces = async (name: string) => {
    if (name === 'broken') throw new Error('connection refused');
    if (name === 'gone') return undefined;
    return { annotations: { 'outrider.io/proxy-concurrency': '5' }, labels: {} };
  };
  let server: Running;
  before(async () => {
    server = await run({ namespaces });
  });
  after(() => server.stop());

  const ask = async (namespace: string) =>
    responseOf(await server.send(paths.enabledNamespace, { body: reviewOf(pod(), { namespace }) }));

  it('takes the settings of its annotations', async () => {
    const [{ value }] = patchOf(await ask('shop'));
    expect(value[0].args.slice(-2)).to.deep.equal(['--concurrency', '5']);
  });

  it('answers with the uid and code 503 where the look-up fails, its cause in the log alone', async () => {
    expect(await ask('broken')).to.deep.equal({
      uid,
      allowed: false,
      status: {
        code: 503,
        message:
          'outrider: nothing is known of namespace "broken" yet, and the API server does not answer the webhook: try again; the webhook\'s log has the reason',
      },
    });
    expect(server.log.join('')).to.include('connection refused');
    expect((await ask('shop')).allowed).to.equal(true);
  });

  it('answers with the uid and code 500 where the review itself fails, the cause in the log alone', async () => {
    const injector = (): never => {
      throw new Error('nothing is in force');
    };
    const failing = await run({ namespaces, injector });
    try {
      const body = reviewOf(pod(), { namespace: 'shop' });
      expect(responseOf(await failing.send(paths.enabledNamespace, { body }))).to.deep.equal({
        uid,
        allowed: false,
        status: {
          code: 500,
          message: 'outrider: the review failed; the reason is in the log of the webhook',
        },
      });
      expect(failing.log.join('')).to.include('nothing is in force');
    } finally {
      await failing.stop();
    }
  });

  it('answers with the uid and code 404 where there is no such namespace', async () => {
    expect(await ask('gone')).to.deep.equal({
      uid,
      allowed: false,
      status: { code: 404, message: 'outrider: there is no namespace "gone"' },
    });
    expect((await ask('shop')).allowed).to.equal(true);
  });
});
