import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { execaNode } from 'execa';

describe('the check of what a cluster holds', () => {
  it('tells what is missing where there is no kubeconfig', async () => {
    const { stderr, exitCode } = await execaNode('webhook/main.ts', ['check', 'pod/web'], {
      reject: false,
      extendEnv: false,
      env: { HOME: tmpdir() },
    });
    expect(stderr).to.equal(
      'there is no kubeconfig: set KUBECONFIG, give --kubeconfig, or write ~/.kube/config',
    );
    expect(exitCode).to.equal(2);
  });
});
