import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { chart, helms, useHelm } from './helm.ts';
import { objectsOf } from './objects.ts';

const manifests = join(import.meta.dirname, '../../../manifests');

/** kubectl of the machine, or else the one that the cluster of the tests has. */
async function kustomize(folder: string): Promise<string> {
  const found = await execa('kubectl', ['version', '--client'], { reject: false });
  const build = join(import.meta.dirname, '../kubernetes/build.sh');
  const kubectl = found.failed ? join((await execa(build, ['kubectl'])).stdout.trim(), 'kubectl') : 'kubectl';
  return (await execa(kubectl, ['kustomize', folder])).stdout;
}

/** The manifests with some of their components. */
async function kustomizeWith(components: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-chart-'));
  const from = (...path: string[]): string => relative(folder, join(manifests, ...path));
  const overlay = { resources: [from()], components: components.map((component) => from(component)) };
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
  const rendered = await kustomize(folder);
  await rm(folder, { recursive: true });
  return rendered;
}

describe('the chart and the manifests', function () {
  this.timeout(30 * 60_000);
  const helm = useHelm();
  const render = async (name: (typeof helms)[number], ...args: string[]) =>
    objectsOf(await helm(name, ['template', 'outrider', chart, '-n', 'outrider-system', ...args]));

  for (const name of helms) {
    it(`are the same objects but for the Namespace, which Helm's user makes: ${name}`, async () => {
      const expected = objectsOf(await kustomize(manifests));
      expect(expected.delete('Namespace/outrider-system')).to.equal(true);
      const rendered = await render(name);
      expect([...rendered.keys()].sort()).to.deep.equal([...expected.keys()].sort());
      for (const [key, object] of expected) expect(rendered.get(key), key).to.deep.equal(object);
    });

    for (const [when, components, args] of [
      ['for Kubernetes 1.29', ['kubernetes-1.29'], ['--kube-version', '1.29.0']],
      ['with the auditor', ['auditor'], ['--set', 'auditor.enabled=true']],
      [
        'with client certificates',
        ['client-certificates'],
        ['--set', 'webhook.clientCertificates.enabled=true'],
      ],
      [
        'with the auditor that restarts',
        ['auditor', 'auditor-restart'],
        ['--set', 'auditor.enabled=true,auditor.restart.enabled=true'],
      ],
      ['of a revision', ['revision'], ['--set', 'revision=canary']],
      [
        'of a revision for Kubernetes 1.29, with the auditor that restarts',
        ['kubernetes-1.29', 'auditor', 'auditor-restart', 'revision/auditor-restart', 'revision'],
        [
          ...['--kube-version', '1.29.0'],
          ...['--set', 'revision=canary,auditor.enabled=true,auditor.restart.enabled=true'],
        ],
      ],
    ] as const) {
      it(`are the same ${when}: ${name}`, async () => {
        const expected = objectsOf(await kustomizeWith(components));
        expected.delete('Namespace/outrider-system');
        const rendered = await render(name, ...args);
        expect([...rendered.keys()].sort()).to.deep.equal([...expected.keys()].sort());
        for (const [key, object] of expected) expect(rendered.get(key), key).to.deep.equal(object);
      });
    }

    it(`have nothing that lint finds wrong: ${name}`, async () => {
      expect(await helm(name, ['lint', '--strict', chart])).to.contain(
        '1 chart(s) linted, 0 chart(s) failed',
      );
    });
  }

  it('leave Kubernetes 1.28 alone, which has no native sidecars', async () => {
    const error = await helm('helm4', ['template', 'outrider', chart, '--kube-version', '1.28.0']).then(
      () => '',
      String,
    );
    expect(error).to.contain('chart requires kubeVersion: >=1.29.0-0');
  });

  it('name no other namespace than the one of the release', async () => {
    const elsewhere = await helm('helm4', ['template', 'outrider', chart, '-n', 'mesh']);
    expect(elsewhere).to.contain('values: [kube-system, kube-public, kube-node-lease, mesh]');
    expect(elsewhere).not.to.contain('outrider-system');
  });
});
