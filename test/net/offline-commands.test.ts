import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { buildExecutable } from './executable.ts';

const outrider = fileURLToPath(new URL('../../dist/outrider', import.meta.url));

const noTemplate = fileURLToPath(new URL('fixtures/no-template.yaml', import.meta.url));

const pod =
  'apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop\nspec:\n  containers: [{name: shop, image: "shop:1"}]';

interface Outcome {
  readonly exitCode?: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = async (args: readonly string[], input: string | Uint8Array = ''): Promise<Outcome> => {
  const { exitCode, stdout, stderr } = await execa(outrider, args, {
    input,
    reject: false,
    stripFinalNewline: false,
  });
  return { ...(exitCode !== undefined && { exitCode }), stdout, stderr };
};

describe('the compiled command line, offline', () => {
  before(buildExecutable);

  it('injects through pipes and takes it back to the byte', async () => {
    const { stdout } = await execa(outrider, ['inject', '-f', '-'], { input: pod }).pipe(outrider, [
      'uninject',
      '-f',
      '-',
    ]);
    expect(stdout).to.equal(pod);
  });

  it('takes more than a pipe holds', async () => {
    const many = `${pod}\n---\n`.repeat(100);
    const { exitCode, stdout } = await run(['inject', '-f', '-'], many);
    expect(exitCode).to.equal(0);
    expect(stdout.length).to.be.above(400_000);
    expect((await run(['uninject', '-f', '-'], stdout)).stdout).to.equal(many);
  });

  it('says on stderr what became of each object', async () => {
    const { exitCode, stdout, stderr } = await run(['inject', '-f', '-'], `${pod}\n---\nkind: Service\n`);
    expect(exitCode).to.equal(0);
    expect(stdout).to.contain('outrider-proxy');
    expect(stderr).to.equal(
      'document 1 (line 1), Pod/shop: injected\ndocument 2 (line 8), Service: holds no pod: unchanged\n',
    );
  });

  it('translates for another mesh, and prints nothing of a file that it cannot translate', async () => {
    const istio = (ports: string) =>
      pod.replace(
        '  name: shop\n',
        `  name: shop\n  annotations: {traffic.sidecar.istio.io/excludeInboundPorts: "${ports}"}\n`,
      );
    const { exitCode, stdout, stderr } = await run(['migrate', '-f', '-'], istio('25'));
    expect(exitCode).to.equal(0);
    expect(stdout).to.equal(
      istio('25').replace(
        'traffic.sidecar.istio.io/excludeInboundPorts',
        'outrider.io/exclude-inbound-ports',
      ),
    );
    expect(stderr).to.include('outrider.io/exclude-inbound-ports=25\nnote: Istio encrypts');
    const refused = await run(['migrate', '-f', '-'], istio('x'));
    expect([refused.exitCode, refused.stdout]).to.deep.equal([2, '']);
    expect(refused.stderr).to.include('traffic.sidecar.istio.io/excludeInboundPorts: "x" is not valid');
  });

  it('checks what it would do: 0 where that is to inject or to skip, 1 where it is to deny', async () => {
    const enabled = ['check', '-f', '-', '--namespace-label', 'enabled'];
    const { exitCode, stdout } = await run(enabled, pod);
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(
      /^document 1 \(line 1\), Pod\/shop: inject: the namespace is labelled outrider.io\/injection=enabled\n/,
    );
    expect((await run(['check', '-f', '-'], pod)).stdout).to.contain(': skip: ');
    const denied = await run(
      [...enabled, '-o', 'json'],
      pod.replace('name: shop', 'labels: {outrider.io/inject: "1"}'),
    );
    expect(denied.exitCode).to.equal(1);
    expect(JSON.parse(denied.stdout).checked[0].reason).to.equal('pod-label-invalid');
    expect(await run(enabled, 'a: [')).to.deep.include({ exitCode: 2, stdout: '' });
  });

  const wrong: Readonly<
    Record<string, readonly [args: readonly string[], input: string | Uint8Array, stderr: string]>
  > = {
    'a document that is wrong beside one that is right': [
      ['inject', '-f', '-'],
      `${pod}\n---\napiVersion: apps/v1\nkind: Deployment\n`,
      'document 2 (line 8), Deployment: spec.template: expected an object, the template of its pods: write it\n',
    ],
    'a file with a name, which is told with what is wrong': [
      ['check', '-f', noTemplate],
      '',
      `${noTemplate}: document 1 (line 1), Deployment: spec.template: expected an object, the template of its pods: write it\n`,
    ],
    'a file that is not there': [
      ['inject', '-f', 'nowhere.yaml'],
      '',
      "outrider: nowhere.yaml: ENOENT: no such file or directory, open 'nowhere.yaml'\n",
    ],
    'a file that is not UTF-8': [
      ['uninject', '-f', '-'],
      Uint8Array.of(0x61, 0xff),
      'outrider: -: is not UTF-8: save it as such\n',
    ],
    'no file': [['inject'], '', "error: required option '-f, --file <file>' not specified\n"],
    'a path that is none': [
      ['uninject', '-f', '-', '--template-path', 'Rollout'],
      '',
      "error: option '--template-path <KIND=.path>' argument 'Rollout' is invalid. Expected a kind and a path, such as Rollout=.spec.template.\n",
    ],
  };

  for (const [what, [args, input, stderr]] of Object.entries(wrong)) {
    it(`ends with 2 and prints nothing for ${what}`, async () => {
      expect(await run(args, input)).to.deep.equal({ exitCode: 2, stdout: '', stderr });
    });
  }
});
