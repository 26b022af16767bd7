import { expect } from 'chai';
import type { WarningEvent } from '../../../webhook/admission/denial.ts';
import { pod, withAnnotations } from '../pods.ts';
import { paths, type Running, responseOf, reviewOf, run } from './server.ts';

describe('what the server tells of a denial', () => {
  const controller = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: 'web',
    uid: '0b7c6a1e',
    controller: true,
  };
  const denied = withAnnotations({ 'outrider.io/proxy-cpu': 'lots' });
  denied.metadata.ownerReferences = [controller];
  const told: WarningEvent[] = [];
  let server: Running;
  before(async () => {
    server = await run({ tell: (warning) => void told.push(warning) });
  });
  beforeEach(() => void told.splice(0));
  after(() => server.stop());

  it('is about the owner of the pod, with the message of the answer', async () => {
    const { status } = responseOf(await server.send(paths.enabledNamespace, { body: reviewOf(denied) }));
    expect(told.map(({ about, message }) => [about.name, message])).to.deep.equal([['web', status.message]]);
  });

  it('is nothing in a dry run, and nothing of a pod that is not denied', async () => {
    for (const body of [
      reviewOf(denied, { dryRun: true }),
      reviewOf(pod()),
      reviewOf(pod(), { operation: 'DELETE' }),
    ]) {
      responseOf(await server.send(paths.enabledNamespace, { body }));
    }
    expect(told).to.deep.equal([]);
  });
});
