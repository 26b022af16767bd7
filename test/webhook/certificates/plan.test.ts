import { expect } from 'chai';
import type { Authority } from '../../../webhook/certificates/authority.ts';
import { ObjectFailure } from '../../../webhook/certificates/object-failure.ts';
import type { CaBundles, Observed, StoredServing } from '../../../webhook/certificates/observed.ts';
import { type Plan, type Policy, plan } from '../../../webhook/certificates/plan.ts';
import { authority, days, minutes, names, serve, start, week, year } from './issued.ts';

const policy: Policy = {
  dnsNames: names,
  life: week,
  authorityLife: year,
  authority: 'own',
  spread: 0,
};
const given: Policy = { ...policy, authority: 'given' };

const trusting = (...bundles: string[]): CaBundles[] => [
  { configuration: 'outrider-webhook', refuses: true, bundles },
];
const stored = (by: Authority, at = start, more: Partial<StoredServing> = {}): StoredServing => ({
  ...serve(by, at),
  previousUntil: undefined,
  ...more,
});
const seconds = (count: number): Date => new Date(start.getTime() + count * 1000);

/** At the start of it all, unless told otherwise. */
function planAt(observed: Partial<Observed>, now = start, seenSince?: Date, by = policy): Plan {
  const nothing = { authority: undefined, serving: undefined, configurations: [], unread: [] };
  const all: Observed = { ...nothing, ...observed };
  return plan(all, seenSince && { certificate: '', since: seenSince }, by, now);
}

describe('the plan of the certificates', () => {
  const ca = authority();
  const old = authority();
  const trust = ca.certificate;
  const both = `${ca.certificate}${old.certificate}`;

  describe('at the first start', () => {
    it('is a CA first', () => {
      expect(planAt({ configurations: trusting('', '') }).steps).to.deep.equal([
        { kind: 'issue-authority', reason: 'there is none' },
      ]);
    });

    it('is trust in it then, before anything is served', () => {
      expect(planAt({ authority: ca, configurations: trusting('', trust) }).steps).to.deep.equal([
        { kind: 'publish', bundle: trust },
      ]);
    });

    it('is a certificate at once, where the trust has been seen', () => {
      const { steps } = planAt({ authority: ca, configurations: trusting(trust) }, start, start);
      expect(steps).to.deep.equal([
        { kind: 'issue-serving', reason: 'there is none', previous: '', previousUntil: undefined },
      ]);
    });

    it('is a certificate, too, where no configuration is there that could trust it', () => {
      const { steps } = planAt({ authority: ca }, start, start);
      expect(steps.map(({ kind }) => kind)).to.deep.equal(['issue-serving']);
    });
  });

  describe('while nothing is due', () => {
    const kept = { authority: ca, serving: stored(ca), configurations: trusting(trust) };

    it('is to look again when two thirds of a life are over', () => {
      expect(planAt(kept, start, start)).to.deep.equal({
        steps: [],
        until: minutes((7 * 24 * 60 * 2) / 3),
        problem: undefined,
      });
    });

    it('is a little later for replicas that draw another number, by a twentieth of the life at most', () => {
      const { until } = planAt(kept, start, start, { ...policy, spread: 1 });
      expect(until).to.deep.equal(minutes(7 * 24 * 60 * (2 / 3 + 1 / 20)));
    });

    it('is to put back a bundle that was emptied, overwritten or added to', () => {
      for (const bundle of ['', 'garbage', old.certificate, both]) {
        const { steps } = planAt({ ...kept, configurations: trusting(trust, bundle) });
        expect(steps).to.deep.equal([{ kind: 'publish', bundle: trust }]);
      }
    });
  });

  describe('of a certificate', () => {
    it('is another one by the same CA after two thirds of its life', () => {
      const kept = { authority: ca, serving: stored(ca), configurations: trusting(trust) };
      const due = minutes((7 * 24 * 60 * 2) / 3);
      expect(planAt(kept, new Date(due.getTime() - 1), start).steps).to.deep.equal([]);
      expect(planAt(kept, due, start).steps).to.deep.equal([
        {
          kind: 'issue-serving',
          reason: 'two thirds of its life are over',
          previous: '',
          previousUntil: undefined,
        },
      ]);
    });

    it('does not wait for a configuration that refuses the bundle', () => {
      const kept = { authority: ca, serving: stored(ca), configurations: trusting(trust, '') };
      expect(planAt(kept, days(5)).steps.map(({ kind }) => kind)).to.deep.equal(['publish', 'issue-serving']);
    });

    for (const [what, broken, reason] of [
      ['was deleted', undefined, 'there is none'],
      [
        'was overwritten',
        { certificate: 'x', key: 'y', authorities: 'z', previousUntil: undefined },
        'it cannot be read: tls.crt has no certificate in PEM',
      ],
      ['got the key of another', stored(ca, start, { key: serve(ca).key }), 'its key does not belong to it'],
      ['is of nobody known', stored(old, start, { authorities: '' }), 'no CA has signed it that is known'],
      ['has expired', stored(ca, days(-8)), 'it has expired at 2026-02-28T12:00:00.000Z'],
    ] as const) {
      it(`that ${what} is another one at once, and the CA stays`, () => {
        const { steps } = planAt(
          { authority: ca, serving: broken, configurations: trusting(trust) },
          start,
          start,
        );
        expect(steps).to.deep.equal([
          { kind: 'issue-serving', reason, previous: '', previousUntil: undefined },
        ]);
      });
    }

    it('for another Service is another one', () => {
      const moved = { ...policy, dnsNames: ['moved.outrider-system.svc'] };
      const kept = { authority: ca, serving: stored(ca), configurations: trusting(trust) };
      expect(planAt(kept, start, start, moved).steps).to.deep.include.members([
        {
          kind: 'issue-serving',
          reason: 'it is not for moved.outrider-system.svc',
          previous: '',
          previousUntil: undefined,
        },
      ]);
    });
  });

  describe('of a CA', () => {
    it('is another one after two thirds of its life', () => {
      const kept = { authority: ca, serving: stored(ca, days(243)), configurations: trusting(trust) };
      expect(planAt(kept, days(243), start).steps).to.deep.equal([]);
      expect(planAt(kept, days(244), start).steps).to.deep.equal([
        { kind: 'issue-authority', reason: 'two thirds of its life are over' },
      ]);
    });

    const replaced = { authority: ca, serving: stored(old) };

    it('that replaced another is trust in both, while certificates of the other are served', () => {
      const { steps } = planAt({ ...replaced, configurations: trusting(old.certificate) });
      expect(steps).to.deep.equal([{ kind: 'publish', bundle: both }]);
    });

    it('that has just become trusted rests for ten seconds', () => {
      const trusted = { ...replaced, configurations: trusting(both) };
      expect(planAt(trusted, seconds(9), start)).to.deep.equal({
        steps: [],
        until: seconds(10),
        problem: undefined,
      });
    });

    it('that is trusted everywhere is a certificate, and the other is kept for as long as one lives', () => {
      const trusted = { ...replaced, configurations: trusting(both) };
      expect(planAt(trusted, seconds(10), start).steps).to.deep.equal([
        {
          kind: 'issue-serving',
          reason: 'the CA is a new one',
          previous: old.certificate,
          previousUntil: new Date(seconds(10).getTime() + week),
        },
      ]);
    });

    it('that is not trusted everywhere signs nothing, however long that takes', () => {
      const trusted = { ...replaced, configurations: trusting(both, old.certificate) };
      expect(planAt(trusted, days(3)).steps.map(({ kind }) => kind)).to.deep.equal(['publish']);
    });

    const until = days(7);
    const taken = stored(ca, start, { authorities: both, previousUntil: until });

    it('that has taken over leaves the other trusted until no certificate of it can be served', () => {
      const kept = { authority: ca, serving: taken, configurations: trusting(both) };
      expect(planAt(kept, days(4), start).steps).to.deep.equal([]);
      expect(planAt(kept, days(5), start).steps).to.deep.equal([
        {
          kind: 'issue-serving',
          reason: 'two thirds of its life are over',
          previous: old.certificate,
          previousUntil: until,
        },
      ]);
    });

    it('that has taken over long ago is trusted alone', () => {
      const renewed = stored(ca, days(5), { authorities: both, previousUntil: until });
      const kept = { authority: ca, serving: renewed, configurations: trusting(both) };
      expect(planAt(kept, days(6), start)).to.deep.equal({ steps: [], until, problem: undefined });
      expect(planAt(kept, until, start).steps).to.deep.equal([{ kind: 'publish', bundle: trust }]);
    });

    it('that was deleted is a new one, and the deleted one stays trusted as long as it is served', () => {
      const gone = { serving: stored(old), configurations: trusting(old.certificate) };
      expect(planAt(gone).steps).to.deep.equal([{ kind: 'issue-authority', reason: 'there is none' }]);
      const { steps } = planAt({ ...gone, authority: ca });
      expect(steps).to.deep.equal([{ kind: 'publish', bundle: both }]);
    });

    it('that cannot be read, or has the key of another, is a new one', () => {
      const broken = { certificate: ca.certificate, key: old.key };
      expect(planAt({ authority: broken }).steps).to.deep.equal([
        { kind: 'issue-authority', reason: 'its key does not belong to its certificate' },
      ]);
    });

    it('of an older version, which lives for ten years, is not trusted for longer than a certificate lives', () => {
      const decade = authority(start, 10 * year);
      const serving = { ...serve(decade, start, 10 * year), previousUntil: undefined };
      const trusted = trusting(`${ca.certificate}${decade.certificate}`);
      const { steps } = planAt({ authority: ca, serving, configurations: trusted }, seconds(10), start);
      expect(steps)
        .to.have.nested.property('[0].previousUntil')
        .deep.equal(new Date(seconds(10).getTime() + week));
    });
  });

  describe('while a configuration cannot be read', () => {
    const unread = (refuses: boolean): Pick<Observed, 'unread'> => ({
      unread: [{ refuses, failure: new ObjectFailure('get', 'MutatingWebhookConfiguration/x', 'forbidden') }],
    });
    const kept = { authority: ca, serving: stored(ca, days(243)), configurations: trusting(trust) };

    it('is another certificate when one is due, and trust wherever it can be read', () => {
      const due = { ...kept, serving: stored(ca), configurations: trusting(trust, '') };
      const { steps } = planAt({ ...due, ...unread(true) }, days(5), start);
      expect(steps.map(({ kind }) => kind)).to.deep.equal(['publish', 'issue-serving']);
    });

    it('is a certificate where there is none that could be served', () => {
      const { steps } = planAt({ ...kept, serving: undefined, ...unread(true) }, start, start);
      expect(steps.map(({ kind }) => kind)).to.deep.equal(['issue-serving']);
    });

    it('is no other CA as long as this one can sign, where that configuration refuses pods', () => {
      expect(planAt({ ...kept, ...unread(true) }, days(244), start)).to.deep.equal({
        steps: [],
        until: minutes((243 + (7 * 2) / 3) * 24 * 60),
        problem: undefined,
      });
      expect(
        planAt({ ...kept, ...unread(false) }, days(244), start).steps.map(({ kind }) => kind),
      ).to.deep.equal(['issue-authority']);
    });

    it('is no certificate of another CA, while one of the CA before can be served', () => {
      const replaced = { authority: ca, serving: stored(old), configurations: trusting(both) };
      expect(planAt({ ...replaced, ...unread(true) }, seconds(10), start)).to.deep.equal({
        steps: [],
        until: days(7),
        problem: undefined,
      });
      const { steps } = planAt({ ...replaced, ...unread(false) }, seconds(10), start);
      expect(steps.map(({ kind }) => kind)).to.deep.equal(['issue-serving']);
    });
  });

  describe('of a CA that was given', () => {
    it('is never another one, and the problem is told', () => {
      expect(planAt({}, start, undefined, given)).to.deep.equal({
        steps: [],
        until: undefined,
        problem: 'there is none',
      });
      const { steps, problem } = planAt({ authority: serve(ca) }, start, undefined, given);
      expect(steps).to.deep.equal([]);
      expect(problem).to.equal('its certificate is not that of a CA (basicConstraints CA:TRUE)');
    });

    it('keeps what is served trusted while there is a problem', () => {
      const kept = { serving: stored(ca), configurations: trusting('') };
      expect(planAt(kept, start, undefined, given).steps).to.deep.equal([{ kind: 'publish', bundle: trust }]);
    });

    it('is used to its end, and a certificate that ends with it is not replaced by its like', () => {
      const serving = stored(ca, days(363));
      const kept = { authority: ca, serving, configurations: trusting(trust) };
      expect(planAt(kept, days(364), start, given)).to.deep.equal({
        steps: [],
        until: days(365),
        problem: undefined,
      });
      expect(planAt(kept, days(366), start, given).problem).to.equal(
        'its certificate has expired at 2027-03-01T12:00:00.000Z',
      );
    });

    it('takes over from another one like one of ours', () => {
      const kept = { authority: ca, serving: stored(old), configurations: trusting(both) };
      const { steps } = planAt(kept, seconds(10), start, given);
      expect(steps).to.have.nested.property('[0].previous', old.certificate);
    });
  });
});
