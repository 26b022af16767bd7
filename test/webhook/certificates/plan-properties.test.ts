import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Authority, certificateOf } from '../../../webhook/certificates/authority.ts';
import { issueAuthority, issueServing } from '../../../webhook/certificates/issue.ts';
import {
  type Observed,
  type Sighting,
  type StoredServing,
  sight,
} from '../../../webhook/certificates/observed.ts';
import { type Policy, plan, settle } from '../../../webhook/certificates/plan.ts';
import { findServingFlaw, isSignedBy, leafOf } from '../../../webhook/certificates/serving.ts';
import { names, start } from './issued.ts';

/** Something that happens to the cluster in between. */
type Mishap =
  | 'delete-serving'
  | 'break-serving'
  | 'delete-authority'
  | 'empty-bundle'
  | 'restart'
  | 'unwritable';

interface Tick {
  /** Until the next pass, in milliseconds. */
  readonly pause: number;
  readonly mishap: Mishap | undefined;
  /** Whether the slower replica of the webhook, and the slower API server, learn of what there is. */
  readonly learns: boolean;
}

const tick: fc.Arbitrary<Tick> = fc.record({
  pause: fc.integer({ min: 100, max: 30_000 }),
  mishap: fc.option(
    fc.constantFrom<Mishap>(
      'delete-serving',
      'break-serving',
      'delete-authority',
      'empty-bundle',
      'restart',
      'unwritable',
    ),
    { nil: undefined, freq: 6 },
  ),
  learns: fc.boolean(),
});

/** A cluster with two configurations, two replicas of the webhook and two API servers, and a clock of its own. */
class World {
  now = start.getTime();
  authority: Authority | undefined;
  serving: StoredServing | undefined;
  bundles = ['', ''];
  sighting: Sighting | undefined;
  /** What replicas show: the first loads at once, the second when it learns. */
  shown: (string | undefined)[] = [undefined, undefined];
  /** What API servers trust, and since when that has been different from what is stored. */
  trusted = [...this.bundles];
  behindSince: number | undefined;
  readonly policy: Policy;

  constructor(policy: Policy) {
    this.policy = policy;
  }

  pass(writable: boolean): void {
    const observed: Observed = {
      authority: this.authority,
      serving: this.serving,
      configurations: [{ configuration: 'outrider-webhook', refuses: true, bundles: this.bundles }],
      unread: [],
    };
    const now = new Date(this.now);
    this.sighting = sight(this.sighting, observed, now);
    for (const step of plan(observed, this.sighting, this.policy, now).steps) {
      if (step.kind === 'issue-authority') this.authority = issueAuthority(this.policy.authorityLife, now);
      else if (step.kind === 'publish') this.bundles = writable ? [step.bundle, step.bundle] : this.bundles;
      else if (this.authority !== undefined) {
        this.serving = {
          ...issueServing(this.authority, names, this.policy.life, now),
          authorities: `${certificateOf(this.authority)}${step.previous}`,
          previousUntil: step.previousUntil,
        };
        this.shown[0] = this.serving.certificate;
      }
    }
  }

  /** API servers are never behind for as long as a new CA rests; replicas may be for a third of a life. */
  learn(learns: boolean): void {
    this.trusted[0] = this.bundles[0] ?? '';
    const [, stored = ''] = this.bundles;
    if (this.trusted[1] === stored) this.behindSince = undefined;
    else this.behindSince ??= this.now;
    const late = this.behindSince !== undefined && this.now - this.behindSince >= settle - 1_000;
    if (learns || late) {
      this.trusted[1] = stored;
      this.behindSince = undefined;
    }
    if (learns) this.shown[1] = this.shown[0];
  }

  strike(mishap: Mishap | undefined): void {
    if (mishap === 'delete-serving') this.serving = undefined;
    if (mishap === 'break-serving' && this.serving) this.serving = { ...this.serving, key: 'broken' };
    if (mishap === 'delete-authority') this.authority = undefined;
    if (mishap === 'empty-bundle') this.bundles = ['', this.bundles[1] ?? ''];
    if (mishap === 'restart') this.sighting = undefined;
  }

  /** Whether what is stored is of the CA that is stored, and in its time. */
  isComplete(): boolean {
    if (this.serving === undefined || this.authority === undefined) return false;
    return (
      findServingFlaw(this.serving, names, new Date(this.now)) === undefined &&
      isSignedBy(leafOf(this.serving), certificateOf(this.authority))
    );
  }

  /** Certificates that are shown in their time, and that an API server does not trust. */
  untrusted(): string[] {
    const now = new Date(this.now);
    return this.shown.flatMap((certificate) => {
      const leaf = certificate === undefined ? undefined : leafOf({ certificate });
      if (leaf === undefined || now > leaf.validToDate) return [];
      return this.trusted.filter((bundle) => !trusts(bundle, leaf, now)).map(() => leaf.serialNumber);
    });
  }
}

const block = /-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g;

const trusts = (bundle: string, leaf: X509Certificate, now: Date): boolean =>
  [...bundle.matchAll(block)]
    .map(([pem]) => new X509Certificate(pem))
    .some((one) => now <= one.validToDate && isSignedBy(leaf, one));

const minute = 60_000;
/** As short as they may be, some minutes, and a CA that lives for hardly longer than what it signs. */
const lives = [
  [2, 2],
  [2, 5],
  [3, 30],
] as const;

describe('the certificates over time', () => {
  for (const [life, authorityLife] of lives) {
    const policy: Policy = {
      dnsNames: names,
      life: life * minute,
      authorityLife: authorityLife * minute,
      authority: 'own',
      spread: 0.5,
    };

    /** Passes follow a change within a moment, as the watches make them. */
    const settleAll = (world: World, writable: boolean): void => {
      for (let count = 0; count < 4; count += 1) world.pass(writable);
    };

    it(`are trusted at every moment, whoever lags: ${life} and ${authorityLife} minutes`, function () {
      this.timeout(120_000);
      fc.assert(
        fc.property(fc.array(tick, { minLength: 20, maxLength: 40, size: 'max' }), (ticks) => {
          const world = new World(policy);
          settleAll(world, true);
          world.learn(true);
          // Its CA is about to be renewed.
          while (world.now < start.getTime() + (policy.authorityLife * 2) / 3 - minute / 2) {
            world.now += minute / 4;
            settleAll(world, true);
            world.learn(true);
          }
          for (const { pause, learns, mishap } of ticks) {
            world.now += Math.min(pause, settle / 2);
            // Without mishaps to what is stored: those are below.
            if (mishap === 'restart') world.strike('restart');
            settleAll(world, mishap !== 'unwritable');
            world.learn(learns);
            expect(world.untrusted()).to.deep.equal([]);
          }
        }),
        { numRuns: 15 },
      );
    });

    it(`are as they should be within seconds, whatever happened: ${life} and ${authorityLife} minutes`, function () {
      this.timeout(120_000);
      fc.assert(
        fc.property(fc.array(tick, { minLength: 1, maxLength: 15 }), (ticks) => {
          const world = new World(policy);
          for (const { pause, mishap, learns } of ticks) {
            world.now += pause;
            world.strike(mishap);
            settleAll(world, mishap !== 'unwritable');
            world.learn(learns);
          }
          // A CA that is due in the first of these has taken over in the second.
          for (const wait of [0, settle + 1_000, settle + 1_000]) {
            world.now += wait;
            settleAll(world, true);
            world.learn(true);
            if (world.isComplete()) break;
          }
          expect(world.untrusted()).to.deep.equal([]);
          expect(world.shown[0]).to.equal(world.serving?.certificate);
          expect(world.isComplete()).to.equal(true);
        }),
        { numRuns: 15 },
      );
    });
  }
});
