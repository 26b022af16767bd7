import { expect } from 'chai';
import { pino } from 'pino';
import { keepClientAuthorities } from '../../../webhook/server/client-authority-keeper.ts';
import { authority, days, serve, start } from '../certificates/issued.ts';
import { logLines } from './log-lines.ts';

function keep() {
  const { lines, stream } = logLines();
  const observed: [string, Date | undefined][] = [];
  const metrics = {
    observeAuthorities: (result: string, expires: Date | undefined) => void observed.push([result, expires]),
  };
  const log = pino({ base: null, timestamp: false }, stream);
  return { keeper: keepClientAuthorities('/ca.crt', metrics, log, () => start), lines, observed };
}

describe('the CAs of clients in force', () => {
  const [old, next] = [authority(days(-10)), authority()];

  it('are the newest, all of them; and it is told when the last of them expires', () => {
    const { keeper, observed } = keep();
    expect(keeper.inForce()).to.equal(undefined);
    let applied = 0;
    keeper.follow(() => {
      applied += 1;
    });
    const both = `${old.certificate}${next.certificate}`;
    expect(keeper.take(old.certificate)).to.equal('taken');
    expect(keeper.take(both)).to.equal('taken');
    expect(keeper.inForce()).to.equal(both);
    expect(applied).to.equal(2);
    expect(observed).to.deep.equal([
      ['taken', days(355)],
      ['taken', days(365)],
    ]);
  });

  it('may have one among them that has expired', () => {
    const { keeper } = keep();
    const expired = authority(days(-400));
    expect(keeper.take(`${expired.certificate}${next.certificate}`)).to.equal('taken');
  });

  for (const [what, bad, problem] of [
    ['cannot be read', undefined, 'it cannot be read: expected CAs in PEM'],
    ['is empty', '', 'there is none in it: expected CAs in PEM'],
    [
      'has none but such that have expired',
      authority(days(-400)).certificate,
      'all in it have expired: expected CAs in PEM',
    ],
    ['has the certificate of a server', serve(next).certificate, /^CN=outrider-webhook is no CA: /],
    ['is cut off', next.certificate.replace(/.{200}(?=\n-----END)/s, ''), /^one in it cannot be read: /],
  ] as const) {
    it(`are those before where the file ${what}, and the log tells why`, () => {
      const { keeper, lines, observed } = keep();
      keeper.take(old.certificate);
      expect(keeper.take(bad)).to.equal('refused');
      expect(keeper.inForce()).to.equal(old.certificate);
      expect(observed.at(-1)).to.deep.equal(['refused', undefined]);
      const last = lines.at(-1);
      expect(last).to.include({ level: 50, file: '/ca.crt', inForce: 'the version before' });
      expect(last?.problem).to.match(new RegExp(problem));
    });
  }
});
