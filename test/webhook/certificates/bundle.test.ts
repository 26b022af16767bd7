import { expect } from 'chai';
import { type CertificateBundle, findFlaw } from '../../../webhook/certificates/bundle.ts';
import { minutes, names, start, twoBundles } from './issued.ts';

describe('a certificate bundle', () => {
  let bundle: CertificateBundle;
  let other: CertificateBundle;
  before(() => {
    [bundle, other] = twoBundles();
  });

  it('has no flaw for its names at its time', () => {
    expect(findFlaw(bundle, names, start)).to.equal(undefined);
    expect(findFlaw(bundle, names.slice(1), minutes(60))).to.equal(undefined);
  });

  it('is good from five minutes before it was issued, for clocks that run behind', () => {
    expect(findFlaw(bundle, names, minutes(-5))).to.equal(undefined);
    expect(findFlaw(bundle, names, minutes(-6))).to.equal('the CA certificate is not valid yet');
  });

  it('is good for ten years', () => {
    expect(findFlaw(bundle, names, new Date('2036-03-01T12:00:00Z'))).to.equal(undefined);
    expect(findFlaw(bundle, names, new Date('2036-03-01T12:00:01Z'))).to.equal(
      'the CA certificate has expired',
    );
  });

  it('has a flaw where the serving certificate is by another CA of the same name', () => {
    const mixed = { ...bundle, certificate: other.certificate, key: other.key };
    expect(findFlaw(mixed, names, start)).to.equal('the serving certificate is not signed by the CA');
  });

  it('has a flaw where the key is that of another certificate', () => {
    expect(findFlaw({ ...bundle, key: other.key }, names, start)).to.equal(
      'the serving key does not belong to the certificate',
    );
  });

  for (const name of ['outrider-webhook.other.svc', 'x.localhost']) {
    it(`has a flaw where it lacks a name: ${name}`, () => {
      expect(findFlaw(bundle, [...names, name], start)).to.equal(
        `the serving certificate is not for ${name}`,
      );
    });
  }

  for (const field of ['caCertificate', 'certificate', 'key'] as const) {
    for (const text of ['', 'garbage', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']) {
      it(`has a flaw where its ${field} is ${JSON.stringify(text.slice(0, 20))}`, () => {
        expect(findFlaw({ ...bundle, [field]: text }, names, start)).to.match(/^it cannot be read: ./);
      });
    }
  }

  it('shows no key in a flaw', () => {
    const broken = bundle.key.replace('-----END', '-----FIN');
    expect(findFlaw({ ...bundle, key: broken }, names, start)).not.to.include(bundle.key.split('\n')[1]);
  });
});
