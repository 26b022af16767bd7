import { expect } from 'chai';
import { isDue, outcomeOf, readTicket, type Ticket, ticketFor } from '../../../webhook/audit/ticket.ts';
import { finding } from './found.ts';

const owner = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
const now = new Date('2026-06-01T12:00:00.000Z');
const lease = (ticket: string | undefined): object & Record<string, unknown> => ({
  metadata: { annotations: { 'outrider.io/restart': ticket } },
  spec: { renewTime: '2026-06-01T12:00:00.000000Z' },
});
const restarted = (at: string) => ({
  spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } } },
});

describe('the ticket of a restart', () => {
  const ticket = ticketFor(owner, 'missing: no proxy', { kind: 'restart' }, 3, now);

  it('is read from the Lease as it was written, and from nothing else', () => {
    expect(readTicket(lease(JSON.stringify(ticket)))).to.deep.equal({
      owner,
      reason: 'missing: no proxy',
      at: '2026-06-01T12:00:00.000Z',
      left: 0,
    });
    for (const text of [undefined, '', 'x', '1', '{}']) expect(readTicket(lease(text))).to.equal(undefined);
    expect(readTicket(undefined)).to.equal(undefined);
  });

  it('is followed by the next after the interval', () => {
    const dueAfter = (seconds: number) =>
      isDue(lease(undefined), 60_000, new Date(now.getTime() + 1000 * seconds));
    expect([dueAfter(59), dueAfter(60)]).to.deep.equal([false, true]);
    expect(isDue(undefined, 60_000, now)).to.equal(true);
  });

  it('has healed where no pod is left with the trouble that it was taken for', () => {
    const done = restarted('2026-06-01T12:00:00.000Z');
    expect(outcomeOf(ticket, done, undefined, [])).to.equal('healed');
    expect(outcomeOf(ticket, done, undefined, [finding({ state: 'outdated' })])).to.equal('healed');
    expect(outcomeOf(ticket, done, undefined, [finding()])).to.equal('not-healed');
  });

  it('was of no restart where the workload does not say so: its replica ended before', () => {
    expect(outcomeOf(ticket, restarted('2026-06-01T11:00:00.000Z'), undefined, [finding()])).to.equal(
      'not-done',
    );
  });

  it('for an eviction has healed where one pod less has the trouble', () => {
    const evict = { kind: 'evict', pod: 'db-0', uid: 'u-1' } as const;
    const evicted: Ticket = ticketFor(owner, 'missing: no proxy', evict, 2, now);
    const outcome = (pod: object | undefined, ...uids: string[]) =>
      outcomeOf(
        evicted,
        {},
        pod as { metadata: object } | undefined,
        uids.map((uid) => finding({ uid })),
      );
    const next = { metadata: { uid: 'u-9' } };
    expect(outcome(next, 'u-2')).to.equal('healed');
    expect(outcome(undefined, 'u-2')).to.equal('healed');
    expect(outcome(next, 'u-2', 'u-9')).to.equal('not-healed');
    const ending = { metadata: { uid: 'u-1', deletionTimestamp: '2026-06-01T12:00:00Z' } };
    expect(outcome(ending, 'u-2')).to.equal('going-on');
    expect(outcome({ metadata: { uid: 'u-1' } }, 'u-1', 'u-2')).to.equal('not-done');
  });
});
