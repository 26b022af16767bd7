import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { folderStore } from '../../../webhook/certificates/folder-store.ts';

const bundle = { caCertificate: 'ca', caKey: 'ca key', certificate: 'serving', key: 'serving key' };

describe('the folder of certificates', () => {
  let root: string;
  let folder: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'outrider-test-'));
    folder = join(root, 'deep', 'certificates');
  });
  afterEach(() => rm(root, { recursive: true }));

  const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

  it('is empty until something is saved', async () => {
    expect(await folderStore(folder).load()).to.equal(undefined);
  });

  it('gives back what was saved, in files of the usual names', async () => {
    expect(await folderStore(folder).save(bundle, undefined)).to.equal('saved');
    expect((await folderStore(folder).load())?.bundle).to.deep.equal(bundle);
    expect((await readdir(folder)).sort()).to.deep.equal(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
    expect(await readFile(join(folder, 'tls.key'), 'utf8')).to.equal('serving key');
  });

  it('is for its owner alone: 0700, and its files 0600', async () => {
    await folderStore(folder).save(bundle, undefined);
    expect(await modeOf(folder)).to.equal('700');
    for (const file of await readdir(folder)) expect(await modeOf(join(folder, file)), file).to.equal('600');
  });

  it('closes files to others that were open to them', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'tls.key'), 'a longer text than the new one');
    await chmod(join(folder, 'tls.key'), 0o644);
    await folderStore(folder).save(bundle, undefined);
    expect(await modeOf(join(folder, 'tls.key'))).to.equal('600');
    expect(await readFile(join(folder, 'tls.key'), 'utf8')).to.equal('serving key');
  });

  it('counts as empty where a file is missing', async () => {
    await folderStore(folder).save(bundle, undefined);
    await rm(join(folder, 'ca.key'));
    expect(await folderStore(folder).load()).to.equal(undefined);
  });

  it('has another version after another certificate was saved', async () => {
    const store = folderStore(folder);
    await store.save(bundle, undefined);
    const first = await store.load();
    await store.save({ ...bundle, certificate: 'renewed' }, first?.version);
    expect((await store.load())?.version).not.to.equal(first?.version);
  });

  it('fails where the folder cannot be read for another reason than its absence', async () => {
    await mkdir(join(folder, 'ca.crt'), { recursive: true });
    const failure = await folderStore(folder)
      .load()
      .catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'EISDIR');
  });
});
