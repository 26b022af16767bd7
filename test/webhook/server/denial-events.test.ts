import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { pino } from 'pino';
import type { WarningEvent } from '../../../webhook/admission/denial.ts';
import { denialTeller } from '../../../webhook/server/denial-events.ts';

const warning = (name: string): WarningEvent => ({
  name,
  namespace: 'shop',
  about: { apiVersion: 'v1', kind: 'Namespace', name: 'shop', namespace: 'shop' },
  reason: 'PodDenied',
  message: 'outrider: no',
});

/** A teller with a clock of its own, and what it posted and counted. */
function teller(post: (name: string) => Promise<void> = async () => undefined) {
  const posted: string[] = [];
  const counted: string[] = [];
  const clock = { now: 0 };
  const tell = denialTeller({
    post: async ({ name }) => {
      posted.push(name);
      await post(name);
    },
    metrics: { observeTelling: (telling) => void counted.push(telling) },
    log: pino({ level: 'silent' }),
    now: () => clock.now,
  });
  return { posted, counted, clock, tell: (name: string) => tell(warning(name)) };
}

const minutes = 60_000;

describe('the telling of denials', () => {
  it('posts the same once in ten minutes', async () => {
    const { tell, posted, counted, clock } = teller();
    for (const at of [0, 1, 9.9, 10.1]) {
      clock.now = at * minutes;
      tell('a');
      await setImmediate();
    }
    expect(posted).to.deep.equal(['a', 'a']);
    expect(counted).to.deep.equal(['posted', 'repeated', 'repeated', 'posted']);
  });

  it('posts no more than twenty at once, and then one a second', async () => {
    const { tell, posted, counted, clock } = teller();
    for (let index = 0; index < 30; index += 1) {
      tell(`${index}`);
      await setImmediate();
    }
    expect(posted).to.have.lengthOf(20);
    expect(counted.filter((one) => one === 'dropped')).to.have.lengthOf(10);
    clock.now = 2_500;
    for (const name of ['x', 'y', 'z']) tell(name);
    expect(posted.slice(20)).to.deep.equal(['x', 'y']);
  });

  it('does not pile up posts that are not answered', async () => {
    const { tell, posted } = teller(() => new Promise(() => undefined));
    for (let index = 0; index < 15; index += 1) tell(`${index}`);
    await setImmediate();
    expect(posted).to.have.lengthOf(10);
  });

  it('tries again what failed, and goes on', async () => {
    let fails = true;
    const { tell, posted, counted } = teller(async () => {
      if (fails) throw new Error('connection refused');
    });
    tell('a');
    await setImmediate();
    fails = false;
    tell('a');
    await setImmediate();
    expect(posted).to.deep.equal(['a', 'a']);
    expect(counted).to.deep.equal(['failed', 'posted']);
  });
});
