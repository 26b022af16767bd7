import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { lowerCluster, raiseCluster } from '../cluster.ts';

const root = join(import.meta.dirname, '../../..');

/** Tells of each call, with what it was given to read, and answers as the documentation of Docker and kind has it. */
const mock = `#!/bin/bash
printf '%s\\n' "\${0##*/} $*" >>"$MOCK/calls"
case "\${0##*/} $*" in
'docker info') if [ -e "$MOCK/no-engine" ]; then echo 'Cannot connect to the Docker daemon' >&2; exit 1; fi ;;
'docker network inspect '*) printf 'fc00:f853:ccd:e793::1\\n172.18.0.1\\n\\n' ;;
'kind get clusters') cat "$MOCK/clusters" ;;
'kind create cluster '*) cat >"$MOCK/config"; echo outrider >"$MOCK/clusters" ;;
esac
`;

/** Docker and kind are mocks here, since there is no Docker engine where this is written: the commands are what is seen. */
describe('kind as the cluster of the tests, with mocks of docker and kind', () => {
  const outside = { ...process.env };
  let folder: string;
  const calls = async (): Promise<string[]> => {
    const lines = (await readFile(join(folder, 'calls'), 'utf8')).trimEnd().split('\n');
    await writeFile(join(folder, 'calls'), '');
    return lines;
  };
  const put = async (path: string, name: string): Promise<void> => {
    await mkdir(join(folder, path), { recursive: true });
    await writeFile(join(folder, path, name), mock);
    await chmod(join(folder, path, name), 0o755);
  };
  const versionOf = async (module: string, from: string): Promise<string> =>
    new RegExp(`${module} v(\\S+)`).exec(
      await readFile(join(root, 'test/cluster', from, 'go.mod'), 'utf8'),
    )?.[1] ?? '';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outrider-kind-'));
    await put('bin', 'docker');
    // Where what is built is kept, and found again.
    await put(`kind-${await versionOf('sigs.k8s.io/kind', 'kind')}`, 'kind');
    await put(`kubectl-${await versionOf('k8s.io/kubernetes', 'kubernetes')}`, 'kubectl');
    await writeFile(join(folder, 'clusters'), '');
    process.env.PATH = [join(folder, 'bin'), outside.PATH].join(delimiter);
    Object.assign(process.env, { MOCK: folder, OUTRIDER_CACHE: folder, CLUSTER: 'kind' });
  });
  afterEach(async () => {
    for (const name of ['PATH', 'MOCK', 'OUTRIDER_CACHE', 'CLUSTER']) {
      if (outside[name] === undefined) delete process.env[name];
      else process.env[name] = outside[name];
    }
    await rm(folder, { recursive: true });
  });

  it('is created with both address families, and gone afterwards', async () => {
    const kubeconfig = join(folder, 'kind/kubeconfig');
    const cluster = await raiseCluster();
    const named = `--name outrider --kubeconfig ${kubeconfig}`;
    expect(await calls()).to.deep.equal([
      'docker info',
      'kind get clusters',
      `kind create cluster ${named} --wait 2m --config -`,
      'docker network inspect kind --format {{range .IPAM.Config}}{{println .Gateway}}{{end}}',
    ]);
    expect(await readFile(join(folder, 'config'), 'utf8')).to.contain('\n  ipFamily: dual\n');
    expect(cluster).to.include({ provider: 'kind', kubeconfig, hostAddress: '172.18.0.1', raisedHere: true });

    await cluster.stop();
    expect(await calls()).to.deep.equal(['docker info', `kind delete cluster ${named}`]);
  });

  it('is found where it is up, and left up', async () => {
    await writeFile(join(folder, 'clusters'), 'another\noutrider\n');
    const { raisedHere } = await raiseCluster();
    expect(raisedHere).to.equal(false);
    expect((await calls()).slice(0, 3)).to.deep.equal([
      'docker info',
      'kind get clusters',
      `kind export kubeconfig --name outrider --kubeconfig ${join(folder, 'kind/kubeconfig')}`,
    ]);
  });

  it('is given the image that Docker makes of this folder', async () => {
    const cluster = await raiseCluster();
    await calls();
    await cluster.loadImages();
    expect(await calls()).to.deep.equal([
      `docker build --tag outrider:0.1.0 ${root}`,
      'kind load docker-image outrider:0.1.0 --name outrider',
    ]);
  });

  it('says so where there is no Docker engine, and what to do', async () => {
    const remedy = 'start or install Docker, or take CLUSTER=local';
    await writeFile(join(folder, 'no-engine'), '');
    for (const act of [raiseCluster, lowerCluster]) {
      const { message } = await act().then(
        () => expect.fail('taken'),
        (error: Error) => error,
      );
      expect(message).to.equal(
        `kind needs a Docker engine, and docker info failed: Cannot connect to the Docker daemon; ${remedy}`,
      );
    }
    await rm(join(folder, 'bin/docker'));
    process.env.PATH = join(folder, 'bin');
    const { message } = await raiseCluster().then(
      () => expect.fail('taken'),
      (error: Error) => error,
    );
    expect(message).to.match(
      /^kind needs a Docker engine, and docker info failed: spawn docker ENOENT; start/,
    );
  });
});
