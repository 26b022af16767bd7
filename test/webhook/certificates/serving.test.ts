import { expect } from 'chai';
import { authoritiesOf, findServingFlaw, type Serving } from '../../../webhook/certificates/serving.ts';
import { authority, minutes, names, serve, start, year } from './issued.ts';

describe('what is served', () => {
  const serving = serve(authority());
  const other = serve(authority());

  it('has no flaw for its names at its time', () => {
    expect(findServingFlaw(serving, names, start)).to.equal(undefined);
    expect(findServingFlaw(serving, names.slice(1), minutes(60))).to.equal(undefined);
  });

  it('is good from five minutes before it was issued, for clocks that run behind', () => {
    expect(findServingFlaw(serving, names, minutes(-5))).to.equal(undefined);
    expect(findServingFlaw(serving, names, minutes(-6))).to.equal('it is not valid yet');
  });

  it('is good to the second of its end', () => {
    expect(findServingFlaw(serving, names, new Date('2026-03-08T12:00:00Z'))).to.equal(undefined);
    expect(findServingFlaw(serving, names, new Date('2026-03-08T12:00:01Z'))).to.equal(
      'it has expired at 2026-03-08T12:00:00.000Z',
    );
  });

  it('has a flaw where the key is that of another certificate', () => {
    expect(findServingFlaw({ ...serving, key: other.key }, names, start)).to.equal(
      'its key does not belong to it',
    );
  });

  for (const name of ['outrider-webhook.other.svc', 'x.localhost', 'outrider-webhook']) {
    it(`has a flaw where it lacks a name, whatever its subject is: ${name}`, () => {
      expect(findServingFlaw(serving, [...names, name], start)).to.equal(`it is not for ${name}`);
    });
  }

  for (const field of ['certificate', 'key'] as const) {
    for (const text of ['', 'garbage', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']) {
      it(`has a flaw where its ${field} is ${JSON.stringify(text.slice(0, 20))}`, () => {
        expect(findServingFlaw({ ...serving, [field]: text }, names, start)).to.match(
          /^it cannot be read: ./,
        );
      });
    }
  }

  it('shows no key in a flaw', () => {
    const broken = serving.key.replace('-----END', '-----FIN');
    expect(findServingFlaw({ ...serving, key: broken }, names, start)).not.to.include(
      serving.key.split('\n')[1],
    );
  });

  it('needs no CA beside it, and takes for one only what is one', () => {
    const { certificate: ca } = authority(start, year);
    const alone: Serving = { ...serving, authorities: '' };
    expect(findServingFlaw(alone, names, start)).to.equal(undefined);
    expect(authoritiesOf(alone)).to.deep.equal([]);
    const mixed = { authorities: `of whom?\n${other.certificate}${ca}-----BEGIN CERTIFICATE-----\nAA` };
    expect(authoritiesOf(mixed).map(String)).to.deep.equal([ca]);
  });
});
