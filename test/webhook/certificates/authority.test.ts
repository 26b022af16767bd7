import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { findAuthorityFlaw } from '../../../webhook/certificates/authority.ts';
import { authority, days, minutes, serve, start } from './issued.ts';

describe('a CA', () => {
  const ca = authority();

  it('has no flaw for a year, and from five minutes before', () => {
    expect(findAuthorityFlaw(ca, start)).to.equal(undefined);
    expect(findAuthorityFlaw(ca, minutes(-5))).to.equal(undefined);
    expect(findAuthorityFlaw(ca, days(365))).to.equal(undefined);
    expect(findAuthorityFlaw(ca, minutes(-6))).to.equal('its certificate is not valid yet');
    expect(findAuthorityFlaw(ca, days(366))).to.equal(
      'its certificate has expired at 2027-03-01T12:00:00.000Z',
    );
  });

  it('has a flaw where it is none', () => {
    expect(findAuthorityFlaw(serve(ca), start)).to.equal(
      'its certificate is not that of a CA (basicConstraints CA:TRUE)',
    );
  });

  it('has a flaw where the key is that of another', () => {
    expect(findAuthorityFlaw({ ...ca, key: authority().key }, start)).to.equal(
      'its key does not belong to its certificate',
    );
  });

  it('has a flaw where the certificate or the key cannot be read, and shows neither', () => {
    const missing = { certificate: '', key: '' };
    expect(findAuthorityFlaw(missing, start)).to.equal(
      'it cannot be read: tls.crt has no certificate in PEM',
    );
    const { privateKey } = generateKeyPairSync('ed25519');
    const text = `${privateKey.export({ type: 'pkcs8', format: 'pem' })}`;
    const flaw = findAuthorityFlaw({ ...ca, key: text.replace('-----END', '-----FIN') }, start);
    expect(flaw).to.match(/^it cannot be read: ./);
    expect(flaw).not.to.include(text.split('\n')[1]);
  });
});
