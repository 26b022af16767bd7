import { expect } from 'chai';
import { findRefusal } from '../../../webhook/certificates/client.ts';

const names = ['kube-apiserver', 'front-proxy-client'];
const known = { commonName: 'kube-apiserver', certified: true, flaw: undefined };

describe('who may ask for reviews', () => {
  it('is who has a certificate that is trusted, by any of the names', () => {
    for (const commonName of names) {
      expect(findRefusal({ ...known, commonName }, { names })).to.equal(undefined);
    }
  });

  it('is nobody without a certificate, whatever a library makes of the connection', () => {
    const nobody = { commonName: undefined, certified: false, flaw: undefined };
    expect(findRefusal(nobody, { names })).to.deep.equal({ reason: 'no-certificate' });
  });

  it('is nobody by a certificate that is not trusted, and is told why', () => {
    expect(findRefusal({ ...known, flaw: 'CERT_HAS_EXPIRED' }, { names })).to.deep.equal({
      reason: 'not-trusted',
      problem: 'CERT_HAS_EXPIRED',
    });
  });

  for (const [what, commonName, name] of [
    ['another name', 'kubelet', 'kubelet'],
    ['no name', undefined, ''],
    ['a name that only begins alike', 'kube-apiserver-kubelet-client', 'kube-apiserver-kubelet-client'],
    ['another case', 'Kube-Apiserver', 'Kube-Apiserver'],
    ['two names, one of them right', ['kube-apiserver', 'mallory'], 'kube-apiserver, mallory'],
    ['a name that would fill the log', 'x'.repeat(100_000), 'x'.repeat(64)],
  ] as const) {
    it(`is nobody by a certificate of ${what}`, () => {
      expect(findRefusal({ ...known, commonName }, { names })).to.deep.equal({
        reason: 'name-not-allowed',
        name,
      });
    });
  }
});
