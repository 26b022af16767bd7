import { Writable } from 'node:stream';
import { expect } from 'chai';
import { pino } from 'pino';
import { repeatRounds } from '../../../webhook/cluster/rounds.ts';

describe('rounds of the auditor', () => {
  it('go on when they fail, and tell the same reason once, another one, too, and the first again after that', async () => {
    const lines: string[] = [];
    const stream = new Writable({
      write(line, _encoding, done) {
        lines.push(JSON.parse(`${line}`).err.message);
        done();
      },
    });
    const end = new AbortController();
    const reasons = ['no right', 'no right', undefined, 'no right', 'no answer', 'no answer', 'no right'];
    let rounds = 0;
    const round = async (): Promise<void> => {
      const reason = reasons[rounds];
      rounds += 1;
      if (rounds === reasons.length) end.abort();
      if (reason !== undefined) throw new Error(reason);
    };
    await repeatRounds(round, { pause: 5, log: pino({ level: 'info' }, stream), signal: end.signal });
    expect(rounds).to.equal(7);
    expect(lines).to.deep.equal(['no right', 'no answer', 'no right']);
  });
});
