import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { obtainFromFolder } from '../../../webhook/certificates/folder.ts';
import { findServingFlaw } from '../../../webhook/certificates/serving.ts';
import { days, names, start } from './issued.ts';

describe('the folder of certificates', () => {
  let root: string;
  let folder: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'outrider-test-'));
    folder = join(root, 'deep', 'certificates');
  });
  afterEach(() => rm(root, { recursive: true }));

  const obtain = (now = start) => obtainFromFolder(folder, names, now);
  const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

  it('gets a certificate where it has none, in files of the usual names, and no key of a CA', async () => {
    const serving = await obtain();
    expect(findServingFlaw(serving, names, start)).to.equal(undefined);
    expect((await readdir(folder)).sort()).to.deep.equal(['ca.crt', 'tls.crt', 'tls.key']);
    expect(await readFile(join(folder, 'tls.key'), 'utf8')).to.equal(serving.key);
    expect(await readFile(join(folder, 'ca.crt'), 'utf8')).to.equal(serving.authorities);
  });

  it('gives back what it has, for a year', async () => {
    const first = await obtain();
    expect(await obtain(days(364))).to.deep.equal(first);
    const second = await obtain(days(366));
    expect(second.certificate).not.to.equal(first.certificate);
    expect(findServingFlaw(second, names, days(366))).to.equal(undefined);
  });

  it('gets another one where a file is missing, or what it has is for another name', async () => {
    const first = await obtain();
    await rm(join(folder, 'ca.crt'));
    const second = await obtain();
    expect(second.certificate).not.to.equal(first.certificate);
    const third = await obtainFromFolder(folder, ['moved.svc'], start);
    expect(findServingFlaw(third, ['moved.svc'], start)).to.equal(undefined);
  });

  it('is for its owner alone: 0700, and its files 0600', async () => {
    await obtain();
    expect(await modeOf(folder)).to.equal('700');
    for (const file of await readdir(folder)) expect(await modeOf(join(folder, file)), file).to.equal('600');
  });

  it('closes files to others that were open to them', async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'tls.key'), 'a longer text than a key has'.repeat(100));
    await chmod(join(folder, 'tls.key'), 0o644);
    const { key } = await obtain();
    expect(await modeOf(join(folder, 'tls.key'))).to.equal('600');
    expect(await readFile(join(folder, 'tls.key'), 'utf8')).to.equal(key);
  });

  it('fails where it cannot be read for another reason than its absence', async () => {
    await mkdir(join(folder, 'ca.crt'), { recursive: true });
    const failure = await obtain().catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'EISDIR');
  });
});
