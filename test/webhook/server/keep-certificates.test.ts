import { Writable } from 'node:stream';
import { expect } from 'chai';
import { pino } from 'pino';
import type { Authority } from '../../../webhook/certificates/authority.ts';
import { certificateOf } from '../../../webhook/certificates/authority.ts';
import { ObjectFailure } from '../../../webhook/certificates/object-failure.ts';
import type { StoredServing, Unread } from '../../../webhook/certificates/observed.ts';
import type { Policy } from '../../../webhook/certificates/plan.ts';
import { findServingFlaw, isSignedBy, leafOf } from '../../../webhook/certificates/serving.ts';
import { createCertificateMetrics } from '../../../webhook/server/certificate-metrics.ts';
import {
  type CertificateSurroundings,
  keepCertificates,
  type Saved,
} from '../../../webhook/server/keep-certificates.ts';
import { names, week, year } from '../certificates/issued.ts';

/** A store in memory that compares versions, as the API server does: what changed since the last reading is not overwritten. */
class Store {
  authority: Authority | undefined;
  serving: StoredServing | undefined;
  bundle = '';
  broken = false;
  /** Of the other configuration, beside the one that has the bundle. */
  unread: Unread[] = [];
  unwritable: ObjectFailure[] = [];
  private readonly watchers: (() => void)[] = [];

  changed(): void {
    for (const watcher of this.watchers) watcher();
  }

  /** As one replica sees it. */
  open(): CertificateSurroundings {
    let read: Pick<Store, 'authority' | 'serving' | 'bundle'> | undefined;
    const save = <F extends 'authority' | 'serving' | 'bundle'>(field: F, value: this[F]): Saved => {
      if (this.broken) throw new Error('connection refused');
      if (read?.[field] !== this[field]) return 'conflict';
      this[field] = value;
      this.changed();
      return 'saved';
    };
    return {
      observe: async () => {
        if (this.broken) throw new Error('connection refused');
        const { authority, serving, bundle } = this;
        read = { authority, serving, bundle };
        const configurations = [
          { configuration: 'outrider-webhook', refuses: true, bundles: [bundle] },
          { configuration: 'outrider-warnings', refuses: false, bundles: this.unwritable.map(() => '') },
        ];
        return { authority, serving, configurations, unread: this.unread };
      },
      saveAuthority: async (authority) => save('authority', authority),
      saveServing: async (serving) => save('serving', serving),
      publish: async (bundle) => ({ saved: save('bundle', bundle), failures: this.unwritable }),
      watch: (changed) => void this.watchers.push(changed),
    };
  }
}

interface Replica {
  readonly problems: (string | undefined)[];
  readonly log: string[];
  metrics(): Promise<string[]>;
  /** Settles after the next pass that came to its end and left nothing to do. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

function run(store: Store, more: Partial<Policy> = {}): Replica {
  const stop = new AbortController();
  const metrics = createCertificateMetrics();
  const problems: (string | undefined)[] = [];
  const log: string[] = [];
  const stream = new Writable({
    write(line, _encoding, done) {
      log.push(`${line}`);
      done();
    },
  });
  const policy: Policy = {
    dnsNames: names,
    life: week,
    authorityLife: year,
    authority: 'own',
    spread: 0,
    ...more,
  };
  const ended = keepCertificates({
    surroundings: store.open(),
    policy,
    metrics,
    log: pino({ base: null }, stream),
    signal: stop.signal,
    now: () => new Date(),
    passed: (problem) => void problems.push(problem),
  });
  return {
    problems,
    log,
    metrics: async () => (await metrics.render()).split('\n').filter((line) => line.startsWith('outrider_')),
    async settled() {
      const steps = () => log.filter((line) => line.includes('certificates changed')).length;
      for (let before = -1; before !== steps(); ) {
        before = steps();
        const passes = problems.length;
        while (problems.length < passes + 1) {
          store.changed();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    },
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

const served = (store: Store): boolean =>
  store.serving !== undefined &&
  store.authority !== undefined &&
  findServingFlaw(store.serving, names, new Date()) === undefined &&
  isSignedBy(leafOf(store.serving), certificateOf(store.authority));

describe('keeping certificates', () => {
  let store: Store;
  let replicas: Replica[];
  const start = (more: Partial<Policy> = {}): Replica => {
    const replica = run(store, more);
    replicas.push(replica);
    return replica;
  };
  beforeEach(() => {
    store = new Store();
    replicas = [];
  });
  afterEach(() => Promise.all(replicas.map((one) => one.stop())));

  it('makes a CA, has it trusted and issues a certificate, and tells of each', async () => {
    const replica = start();
    await replica.settled();
    expect(served(store)).to.equal(true);
    expect(store.bundle).to.equal(store.authority?.certificate);
    const steps = replica.log.map((line) => JSON.parse(line)).map(({ step, result }) => [step, result]);
    expect(steps).to.deep.equal([
      ['issue-authority', 'saved'],
      ['publish', 'saved'],
      ['issue-serving', 'saved'],
    ]);
    const expiry = (certificate: string) =>
      `outrider_certificate_expiry_timestamp_seconds{certificate="${certificate}"}`;
    const lines = await replica.metrics();
    expect(lines.find((line) => line.startsWith(expiry('ca')))).to.match(/ \d{10}$/);
    expect(lines.find((line) => line.startsWith(expiry('serving')))).to.match(/ \d{10}$/);
    expect(lines).to.include('outrider_certificate_steps_total{step="issue-serving",result="saved"} 1');
  });

  it('ends with one CA and one certificate, however many replicas begin together', async () => {
    for (let count = 0; count < 4; count += 1) start();
    await Promise.all(replicas.map((one) => one.settled()));
    expect(served(store)).to.equal(true);
    const saved = replicas.flatMap(({ log }) => log).filter((line) => line.includes('"saved"'));
    expect(saved.map((line) => JSON.parse(line).step).sort()).to.deep.equal([
      'issue-authority',
      'issue-serving',
      'publish',
    ]);
  });

  it('makes anew what is deleted or overwritten, when it is told of a change', async () => {
    const replica = start();
    await replica.settled();
    const { authority } = store;
    store.serving = undefined;
    await replica.settled();
    expect(served(store)).to.equal(true);
    store.bundle = '';
    await replica.settled();
    expect(store.bundle).to.equal(authority?.certificate);
    expect(store.authority).to.equal(authority);
  });

  it('tells that it fails while the store is away, and goes on when it is back', async () => {
    store.broken = true;
    const replica = start();
    while (replica.problems.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(replica.problems).to.deep.equal([
      'the last look at the certificates failed, for the reason in the log',
    ]);
    expect(replica.log.join('')).to.include('connection refused');
    store.broken = false;
    while (!served(store)) await new Promise((resolve) => setTimeout(resolve, 20));
    await replica.settled();
    expect(replica.problems.at(-1)).to.equal(undefined);
  });

  for (const [what, strike] of [
    ['read', (failure: ObjectFailure) => ({ unread: [{ refuses: false, failure }] })],
    ['written', (failure: ObjectFailure) => ({ unwritable: [failure] })],
  ] as const) {
    it(`renews what it can where one object cannot be ${what}, and names that one`, async () => {
      const object = 'ValidatingWebhookConfiguration/outrider-warnings';
      const failure = new ObjectFailure('patch', object, 'forbidden');
      Object.assign(store, strike(failure));
      const replica = start();
      while (!served(store)) await new Promise((resolve) => setTimeout(resolve, 20));
      const first = store.serving;
      store.serving = undefined;
      store.bundle = '';
      // As a watch tells it, and much sooner than it would be looked at after a failure.
      while (!served(store) || store.bundle === '') {
        store.changed();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(store.serving).not.to.equal(first);
      expect(replica.problems.at(-1)).to.equal(`cannot patch ${object}: forbidden`);
      expect(replica.log.join('')).to.include(`cannot patch ${object}: forbidden`);
      const counted = `outrider_certificate_failures_total{verb="patch",object="${object}"} `;
      expect((await replica.metrics()).find((line) => line.startsWith(counted))).to.match(/ [1-9]\d*$/);
    });
  }

  it('tells what is wrong with a CA that was given, and makes none', async () => {
    const replica = start({ authority: 'given' });
    await replica.settled();
    expect(replica.problems.at(-1)).to.equal('the CA that was given cannot sign: there is none');
    expect(store.authority).to.equal(undefined);
  });

  it('writes no key into the log', async () => {
    const replica = start();
    await replica.settled();
    for (const key of [store.authority?.key, store.serving?.key]) {
      expect(key).to.be.a('string');
      expect(replica.log.join('')).not.to.include(key?.split('\n')[1]);
    }
  });
});
