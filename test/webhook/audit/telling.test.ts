import { expect } from 'chai';
import { createTelling, type Due, type Telling } from '../../../webhook/audit/telling.ts';

const found = (name: string, since = 0): Due => ({
  since,
  event: {
    name,
    namespace: 'shop',
    about: { apiVersion: 'v1', kind: 'Namespace', name: 'shop', namespace: 'shop' },
    reason: 'ProxyMissing',
    message: 'outrider: no',
  },
});
const names = (telling: Telling, dues: readonly Due[], now: number): string[] =>
  telling.due(dues, now).map(({ name }) => name);

const minutes = 60_000;

describe('what the auditor tells', () => {
  it('has lasted for ten seconds: the pods of a rollout that goes on are not told', () => {
    const telling = createTelling();
    expect(names(telling, [found('a', 5_000)], 14_999)).to.deep.equal([]);
    expect(names(telling, [found('a', 5_000)], 15_000)).to.deep.equal(['a']);
  });

  it('is told once, and again after an hour, when the Event is gone', () => {
    const telling = createTelling();
    const at = [1, 2, 60, 61.9, 62.1, 100].map((minute) => names(telling, [found('a')], minute * minutes));
    expect(at).to.deep.equal([['a'], [], [], [], ['a'], []]);
  });

  it('is a few at a time, until all are told', () => {
    const telling = createTelling();
    const many = ['a', 'b', 'b', 'c', 'd', 'e', 'f'].map((name) => found(name));
    expect(names(telling, many, 1 * minutes)).to.deep.equal(['a', 'b', 'c', 'd']);
    expect(names(telling, many, 1 * minutes)).to.deep.equal(['e', 'f']);
    expect(names(telling, many, 1 * minutes)).to.deep.equal([]);
  });

  it('is told again where it could not be', () => {
    const telling = createTelling();
    const [event] = telling.due([found('a')], minutes);
    if (event) telling.forget(event);
    expect(names(telling, [found('a')], minutes)).to.deep.equal(['a']);
  });
});
