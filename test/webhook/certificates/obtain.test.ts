import { expect } from 'chai';
import { type CertificateBundle, findFlaw } from '../../../webhook/certificates/bundle.ts';
import { CertificateError } from '../../../webhook/certificates/certificate-error.ts';
import { type CertificateStore, obtainBundle } from '../../../webhook/certificates/obtain.ts';
import { names, start, twoBundles } from './issued.ts';

/** A store that compares versions, as the API server does. `beforeSave` is what another replica does meanwhile. */
function memoryStore(
  first?: CertificateBundle,
  beforeSave: (store: Memory) => void = () => undefined,
): Memory {
  let stored = first && { bundle: first, version: 1 };
  const memory: Memory = {
    put(bundle) {
      stored = { bundle, version: (stored?.version ?? 0) + 1 };
    },
    remove() {
      stored = undefined;
    },
    stored: () => stored?.bundle,
    async load() {
      return stored && { bundle: stored.bundle, version: `${stored.version}` };
    },
    async save(bundle, version) {
      beforeSave(memory);
      if (version !== (stored && `${stored.version}`)) return 'conflict';
      memory.put(bundle);
      return 'saved';
    },
  };
  return memory;
}
interface Memory extends CertificateStore {
  put(bundle: CertificateBundle): void;
  remove(): void;
  stored(): CertificateBundle | undefined;
}

const later = new Date('2040-01-01T00:00:00Z');

async function obtain(store: CertificateStore, now = start, dnsNames = names) {
  const reports: string[] = [];
  const bundle = await obtainBundle(
    store,
    dnsNames,
    () => now,
    (message) => reports.push(message),
  );
  return { bundle, reports };
}

describe('obtaining the bundle', () => {
  let good: CertificateBundle;
  let other: CertificateBundle;
  before(() => {
    [good, other] = twoBundles();
  });

  it('issues and saves one where there is none', async () => {
    const store = memoryStore();
    const { bundle, reports } = await obtain(store);
    expect(store.stored()).to.equal(bundle);
    expect(findFlaw(bundle, names, start)).to.equal(undefined);
    expect(reports).to.deep.equal(['no certificate yet: issuing one']);
  });

  it('takes the one of the store where that has no flaw', async () => {
    const store = memoryStore(good);
    const { bundle, reports } = await obtain(store);
    expect(bundle).to.equal(good);
    expect(store.stored()).to.equal(good);
    expect(reports).to.deep.equal([]);
  });

  it('replaces one that has expired', async () => {
    const store = memoryStore(good);
    const { bundle, reports } = await obtain(store, later);
    expect(findFlaw(bundle, names, later)).to.equal(undefined);
    expect(store.stored()).to.equal(bundle);
    expect(reports).to.deep.equal(['replacing the certificate: the CA certificate has expired']);
  });

  it('replaces one that is for another Service', async () => {
    const wanted = ['moved.outrider-system.svc'];
    const { bundle, reports } = await obtain(memoryStore(good), start, wanted);
    expect(findFlaw(bundle, wanted, start)).to.equal(undefined);
    expect(reports).to.deep.equal([
      'replacing the certificate: the serving certificate is not for moved.outrider-system.svc',
    ]);
  });

  it('replaces one that cannot be read', async () => {
    const store = memoryStore({ caCertificate: '', caKey: '', certificate: '', key: '' });
    const { bundle, reports } = await obtain(store);
    expect(store.stored()).to.equal(bundle);
    expect(reports).to.have.lengthOf(1);
    expect(reports[0]).to.match(/^replacing the certificate: it cannot be read: /);
  });

  it('reads what the winner saved where another replica was first to create', async () => {
    const store = memoryStore(undefined, (memory) => memory.stored() ?? memory.put(good));
    expect((await obtain(store)).bundle).to.equal(good);
    expect(store.stored()).to.equal(good);
  });

  it('reads what the winner saved where another replica was first to replace', async () => {
    const broken = { ...good, key: other.key };
    const store = memoryStore(broken, (memory) => {
      if (memory.stored() === broken) memory.put(other);
    });
    expect((await obtain(store)).bundle).to.equal(other);
  });

  it('creates one again where it was deleted meanwhile', async () => {
    let deleted = false;
    const store = memoryStore({ ...good, key: other.key }, (memory) => {
      if (!deleted) memory.remove();
      deleted = true;
    });
    const { bundle, reports } = await obtain(store);
    expect(store.stored()).to.equal(bundle);
    expect(reports).to.deep.equal([
      'replacing the certificate: the serving key does not belong to the certificate',
      'no certificate yet: issuing one',
    ]);
  });

  it('ends with one bundle for replicas that start together', async () => {
    const store = memoryStore();
    const [first, ...others] = await Promise.all([obtain(store), obtain(store), obtain(store)]);
    expect(store.stored()).to.equal(first?.bundle);
    for (const { bundle } of others) expect(bundle).to.equal(first?.bundle);
  });

  it('gives up where the store never holds still', async function () {
    this.timeout(30_000);
    const store: CertificateStore = { load: async () => undefined, save: async () => 'conflict' };
    const failure = await obtain(store).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(CertificateError).with.property('code', 'contended');
  });

  it('fails as the store fails', async () => {
    const store: CertificateStore = {
      load: () => Promise.reject(new Error('no route to host')),
      save: async () => 'saved',
    };
    const failure = await obtain(store).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property('message', 'no route to host');
  });
});
