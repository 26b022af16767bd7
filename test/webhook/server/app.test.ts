import { once } from 'node:events';
import { expect } from 'chai';
import { backstopPaths } from '../../../webhook/server/app.ts';
import { type AnyPod, inject, pod, withAnnotations } from '../pods.ts';
import { patchOf, paths, type Running, responseOf, reviewOf, run, uid } from './server.ts';

const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('the server', () => {
  let server: Running;
  before(async () => {
    server = await run();
  });
  after(() => server.stop());

  const expectGood = async (): Promise<void> => {
    const { allowed } = responseOf(await server.send(paths.enabledNamespace, { body: reviewOf(pod()) }));
    expect(allowed).to.equal(true);
  };

  it('patches a pod of an enabled namespace', async () => {
    const response = responseOf(await server.send(paths.enabledNamespace, { body: reviewOf(pod()) }));
    expect(response).to.include({ allowed: true, patchType: 'JSONPatch' });
    expect(
      patchOf(response).map(({ op, path }: { op: string; path: string }) => `${op} ${path}`),
    ).to.deep.equal(['add /spec/initContainers', 'add /spec/volumes', 'add /metadata/annotations']);
  });

  it('patches a labelled pod elsewhere, and leaves one without a label alone', async () => {
    const labelled = pod({ metadata: { labels: { 'outrider.io/inject': 'true' } } });
    const patched = responseOf(await server.send(paths.labelledPod, { body: reviewOf(labelled) }));
    expect(patchOf(patched)).to.have.lengthOf(3);
    const left = responseOf(await server.send(paths.labelledPod, { body: reviewOf(pod()) }));
    expect(left).to.deep.equal({ uid, allowed: true });
  });

  it('judges a pod after all webhooks', async () => {
    const judge = async (object: AnyPod, path: string) =>
      responseOf(await server.send(path, { body: reviewOf(object) }));
    const { enabledNamespace, labelledPod } = backstopPaths;
    const { allowed, status } = await judge(pod(), enabledNamespace);
    expect({ allowed, code: status.code }).to.deep.equal({ allowed: false, code: 403 });
    expect(status.message).to.match(/^outrider: the pod has no init container outrider-proxy: /);
    expect(await judge(inject(pod()), enabledNamespace)).to.deep.equal({ uid, allowed: true });
    expect(await judge(pod(), labelledPod)).to.deep.equal({ uid, allowed: true });
    expect(await judge(pod({ spec: { hostNetwork: true } }), enabledNamespace)).to.deep.equal({
      uid,
      allowed: true,
    });
    const moved = inject(pod());
    moved.spec.hostNetwork = true;
    expect((await judge(moved, enabledNamespace)).status.message).to.match(
      /^outrider: the pod is on the network of the node, /,
    );
    const malformed = await judge({ metadata: {} }, enabledNamespace);
    expect(malformed).to.have.nested.property('status.code', 400);
  });

  it('denies with the reason', async () => {
    const body = reviewOf(withAnnotations({ 'outrider.io/proxy-cpu': 'lots' }));
    const response = responseOf(await server.send(paths.enabledNamespace, { body }));
    expect(response).to.deep.equal({
      uid,
      allowed: false,
      status: {
        code: 403,
        reason: 'Forbidden',
        message:
          'outrider: pod annotation outrider.io/proxy-cpu: "lots" is not valid: expected a quantity greater than zero, such as 100m or 128Mi',
      },
    });
  });

  it('warns of a setting without effect', async () => {
    const body = reviewOf(withAnnotations({ 'outrider.io/exclude-inbound-ports': '15020' }));
    const response = responseOf(await server.send(paths.enabledNamespace, { body }));
    expect(response).to.deep.include({
      allowed: true,
      warnings: [
        'outrider: pod annotation outrider.io/exclude-inbound-ports: 15020 has no effect: a port of the proxy itself, never captured',
      ],
    });
  });

  it('is alive', async () => {
    expect(await server.send('/healthz', { method: 'GET' })).to.include({ status: 200, text: 'ok' });
  });

  it('counts the reviews that it answers', async () => {
    const { status, text, type } = await server.send('/metrics', { method: 'GET' });
    expect(status).to.equal(200);
    expect(type).to.match(/^text\/plain; version=0\.0\.4/);
    expect(text).to.match(
      /^outrider_admission_reviews_total\{decision="inject",reason="namespace-enabled"\} [1-9]/m,
    );
    expect(text).to.match(
      /^outrider_admission_reviews_total\{decision="deny",reason="invalid-settings"\} 1$/m,
    );
    expect(text).to.match(/^outrider_admission_duration_seconds_count [1-9]/m);
  });

  const invalidUtf8 = Buffer.concat([Buffer.from('{"request":{"uid":"'), Buffer.from([0xc3, 0x28])]);
  for (const [what, options, status] of [
    ['a body that is not JSON', { body: 'kind: AdmissionReview' }, 400],
    ['no body', {}, 400],
    ['a truncated body', { body: reviewOf(pod()).slice(0, -10) }, 400],
    ['invalid UTF-8', { body: invalidUtf8 }, 400],
    ['a list', { body: '[]' }, 400],
    ['no uid', { body: reviewOf(pod(), { uid: undefined }) }, 400],
    ['a uid that is none', { body: reviewOf(pod(), { uid: { a: 1 } }) }, 400],
    ['objects nested ten thousand deep', { body: deep(10_000) }, 400],
    ['lists nested a million deep', { body: '['.repeat(1_000_000) }, 400],
    ['five megabytes', { body: reviewOf({ text: 'x'.repeat(5 * 2 ** 20) }) }, 413],
    ['another content type', { body: reviewOf(pod()), type: 'text/plain' }, 415],
    ['YAML', { body: 'kind: AdmissionReview', type: 'application/yaml' }, 415],
  ] as const) {
    it(`refuses with ${status}, and serves on: ${what}`, async () => {
      const reply = await server.send(paths.enabledNamespace, options);
      expect(reply.status).to.equal(status);
      expect(JSON.parse(reply.text)).to.have.property('error').that.is.a('string');
      expect(reply.text).not.to.include(' at ');
      await expectGood();
    });
  }

  for (const [what, body] of [
    ['another apiVersion', reviewOf(pod()).replace('admission.k8s.io/v1', 'admission.k8s.io/v1beta1')],
    ['another kind', reviewOf(pod()).replace('"AdmissionReview"', '"Review"')],
    ['no object', reviewOf(null)],
    ['another operation', reviewOf(pod(), { operation: 'DELETE' })],
    ['another resource', reviewOf(pod(), { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } })],
    ['no namespace', reviewOf(pod(), { namespace: '' })],
    ['a pod that is none', reviewOf({ metadata: {}, spec: { containers: 'x' } })],
    ['a pod without a spec', reviewOf({ metadata: {} })],
    [
      'a million containers that are none',
      reviewOf({ metadata: {}, spec: { containers: Array(1e6).fill(0) } }),
    ],
  ] as const) {
    it(`answers with the uid and code 400, and serves on: ${what}`, async () => {
      const response = responseOf(await server.send(paths.enabledNamespace, { body }));
      expect(response).to.include({ allowed: false }).and.have.nested.property('status.code', 400);
      expect(response.status.message.length).to.be.below(5_000);
      await expectGood();
    });
  }

  it('answers for a pod with fields nested ten thousand deep', async () => {
    const forged = reviewOf({ ...pod(), deep: 'HERE' }).replace('"HERE"', deep(10_000));
    expect(responseOf(await server.send(paths.enabledNamespace, { body: forged })).allowed).to.equal(true);
    await expectGood();
  });

  it('answers for a forged container with a mount nested ten thousand deep, and gives none of it back', async () => {
    const object = withAnnotations({ 'outrider.io/status': '' });
    const mount = {
      name: 'kube-api-access-x',
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      deep: 'HERE',
    };
    object.spec.initContainers = [{ name: 'outrider-proxy', volumeMounts: [mount], args: 'HERE' }];
    const body = reviewOf(object).replaceAll('"HERE"', deep(10_000));
    const response = responseOf(await server.send(paths.enabledNamespace, { body }));
    expect(response.allowed).to.equal(true);
    expect(Buffer.from(response.patch, 'base64').toString()).not.to.include('"a":{"a":');
    await expectGood();
  });

  it('reads the last of a key that is there twice, and answers with the uid that it read', async () => {
    const body = reviewOf(pod({ spec: { hostPID: true } }))
      .replace('"request":{', '"request":{"uid":"another",')
      .replace('"hostPID":true', '"hostPID":true,"hostPID":false');
    expect(body).to.include('"uid":"another","uid":').and.include('"hostPID":true,"hostPID":false');
    expect(responseOf(await server.send(paths.enabledNamespace, { body })).allowed).to.equal(true);
    await expectGood();
  });

  it('takes the keys of a prototype for keys like any other', async () => {
    const body = reviewOf(pod()).replace(
      '"metadata":{',
      '"__proto__":{"spec":{}},"constructor":{"prototype":{"polluted":1}},"metadata":{"__proto__":{"polluted":1},',
    );
    expect(body).to.include('polluted');
    expect(responseOf(await server.send(paths.enabledNamespace, { body })).patch).to.be.a('string');
    expect(({} as { polluted?: number }).polluted).to.equal(undefined);
    await expectGood();
  });

  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
    it(`answers 404 to ${method} of a review's path`, async () => {
      expect(await server.send(paths.enabledNamespace, { method })).to.include({ status: 404 });
      await expectGood();
    });
  }

  it('answers 404 to any other path, and says nothing of itself', async () => {
    const reply = await server.send('/mutate', { body: reviewOf(pod()) });
    expect(reply).to.deep.include({ status: 404, text: '{"error":"no such path"}' });
  });

  it('serves many reviews at a time', async () => {
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => server.send(paths.enabledNamespace, { body: reviewOf(pod()) })),
    );
    for (const reply of replies) expect(responseOf(reply).allowed).to.equal(true);
  });
});

describe("the server's readiness", () => {
  it('is told before and after', async () => {
    let isReady = false;
    const server = await run({ ready: () => isReady });
    try {
      expect(await server.send('/readyz', { method: 'GET' })).to.include({
        status: 503,
        text: 'not ready: waiting for the certificate, the caches and a configuration',
      });
      expect(await server.send('/healthz', { method: 'GET' })).to.include({ status: 200 });
      isReady = true;
      expect(await server.send('/readyz', { method: 'GET' })).to.include({ status: 200, text: 'ok' });
    } finally {
      await server.stop();
    }
  });
});

describe("the server's log", () => {
  it('tells each review by constant messages and fields, never with a body, a secret or a token', async () => {
    const server = await run();
    try {
      const secret = 'hunter2-hunter2';
      const object = pod({
        metadata: { annotations: { token: secret } },
        spec: { containers: [{ name: 'shop', env: [{ name: 'PASSWORD', value: secret }], args: [secret] }] },
      });
      const bad = structuredClone(object);
      bad.metadata.annotations['outrider.io/proxy-cpu'] = secret;
      const userInfo = { username: secret, extra: { token: [secret] } };
      for (const body of [
        reviewOf(object, { userInfo }),
        reviewOf(bad),
        reviewOf({ metadata: { labels: [secret] }, spec: secret }),
        reviewOf(object).slice(0, -5),
        reviewOf(object, { operation: secret }),
        `${reviewOf(object)}${secret.repeat(400_000)}`,
      ]) {
        await server.send(paths.enabledNamespace, { body });
      }
      await server.send(paths.enabledNamespace, { body: reviewOf(object), type: 'text/plain' });
      await server.send(`/${secret.slice(0, 7)}`, { body: reviewOf(object) });
      expect(server.log.join('')).not.to.include(secret);
      const lines = server.log.map((line) => JSON.parse(line));
      expect(
        lines.map(({ msg, decision, reason, status }) => [msg, decision ?? status, reason]),
      ).to.deep.equal([
        ['review answered', 'inject', 'namespace-enabled'],
        ['review answered', 'deny', 'invalid-settings'],
        ['review answered', 'error', 'malformed-pod'],
        ['review answered', 'error', 'not-a-pod-create'],
        ['request refused', 413, undefined],
      ]);
    } finally {
      await server.stop();
    }
  });

  it('lets go of connections that are kept, once it is not ready', async () => {
    let ready = true;
    const stopping = await run({ ready: () => ready });
    const connectionOf = async (): Promise<string | undefined> => {
      const socket = await stopping.open();
      socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
      const [head] = await once(socket, 'data');
      socket.destroy();
      return /^connection: (.*)$/im.exec(`${head}`)?.[1];
    };
    expect(await connectionOf()).to.equal('keep-alive');
    ready = false;
    expect(await connectionOf()).to.equal('close');
    await stopping.stop();
  });
});
