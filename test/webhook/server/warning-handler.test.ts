import { expect } from 'chai';
import { warningPaths } from '../../../webhook/server/warning-handler.ts';
import { withAnnotations } from '../pods.ts';
import { type Running, reviewOf, run, uid } from './server.ts';

const kind = { group: 'apps', version: 'v1', kind: 'Deployment' };
const secret = 'hunter2-hunter2';

/** A review of a Deployment whose pods would be refused. */
function deployment(fields: object = {}): string {
  const { metadata, spec } = withAnnotations({ 'outrider.io/proxy-cpu': secret });
  return reviewOf({ spec: { template: { metadata, spec } } }, { kind, ...fields });
}

describe('the paths for warnings', () => {
  const namespaces = async (name: string) => {
    if (name === 'broken') throw new Error('connection refused');
    return name === 'gone' ? undefined : { annotations: {} };
  };
  let server: Running;
  before(async () => {
    server = await run({ namespaces });
  });
  after(() => server.stop());

  const ask = async (body: string, path: string = warningPaths.enabledNamespace) => {
    const { status, text } = await server.send(path, { body });
    expect(status).to.equal(200);
    return JSON.parse(text).response;
  };

  it('allows with a warning what its pods will be refused for', async () => {
    expect(await ask(deployment())).to.deep.equal({
      uid,
      allowed: true,
      warnings: [
        `outrider: its pods will be refused: pod annotation outrider.io/proxy-cpu: "${secret}" is not valid: expected a quantity greater than zero, such as 100m or 128Mi`,
      ],
    });
  });

  it('knows by the path that the namespace is not labelled', async () => {
    const body = deployment();
    expect(await ask(body, warningPaths.labelledPods)).to.deep.equal({ uid, allowed: true });
  });

  it('warns who writes the ConfigMap', async () => {
    const body = reviewOf(
      { data: { 'proxy-cpu': 'lots' } },
      { kind: { group: '', version: 'v1', kind: 'ConfigMap' }, operation: 'UPDATE' },
    );
    expect((await ask(body, warningPaths.defaults)).warnings).to.deep.equal([
      'outrider: this version is not taken: ConfigMap outrider-config proxy-cpu: "lots" is not valid: expected a quantity greater than zero, such as 100m or 128Mi',
    ]);
  });

  for (const [what, body] of [
    ['the look-up of the namespace fails', deployment({ namespace: 'broken' })],
    ['there is no such namespace', deployment({ namespace: 'gone' })],
    ['the review is malformed', deployment({ operation: 7 })],
    ['the workload is malformed', reviewOf({ spec: 'x' }, { kind })],
  ] as const) {
    it(`allows where ${what}`, async () => {
      expect(await ask(body)).to.deep.equal({ uid, allowed: true });
    });
  }

  it('answers 400 to what is no review', async () => {
    expect(await server.send(warningPaths.enabledNamespace, { body: 'x' })).to.include({ status: 400 });
  });

  it('is counted apart from the reviews of pods, and logged without anything of the workload', async () => {
    const { text } = await server.send('/metrics', { method: 'GET' });
    expect(text)
      .to.include('outrider_workload_reviews_total{decision="deny",reason="invalid-settings"} 1')
      .and.not.to.match(/^outrider_admission_reviews_total\{/m);
    const { namespace, warnings, msg } = JSON.parse(server.log[0] ?? '');
    expect([namespace, warnings, msg]).to.deep.equal(['shop', 1, 'warned where needed']);
    expect(server.log.join('')).not.to.include(secret);
  });
});
