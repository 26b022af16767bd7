import { expect } from 'chai';
import { allowed, denied, errored, patched, renderReview } from '../../../webhook/admission/response.ts';

describe('the answer of a review', () => {
  const review = (response: object) => ({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response,
  });

  it('allows', () => {
    expect(renderReview('u', allowed())).to.deep.equal(review({ uid: 'u', allowed: true }));
  });

  it('patches, in base64', () => {
    const answer = patched([{ op: 'remove', path: '/a' }]);
    expect(renderReview('u', answer)).to.deep.equal(
      review({
        uid: 'u',
        allowed: true,
        patchType: 'JSONPatch',
        patch: 'W3sib3AiOiJyZW1vdmUiLCJwYXRoIjoiL2EifV0=',
      }),
    );
  });

  it('allows where the patch has no operation', () => {
    expect(patched([])).to.deep.equal({ kind: 'allowed' });
  });

  it('carries warnings', () => {
    expect(renderReview('u', allowed(), ['look out'])).to.deep.equal(
      review({ uid: 'u', allowed: true, warnings: ['outrider: look out'] }),
    );
  });

  it('denies, with the reason', () => {
    expect(renderReview('u', denied('no'))).to.deep.equal(
      review({ uid: 'u', allowed: false, status: { code: 403, reason: 'Forbidden', message: 'no' } }),
    );
  });

  it('fails, with the code', () => {
    expect(renderReview('u', errored(400, 'what?'))).to.deep.equal(
      review({ uid: 'u', allowed: false, status: { code: 400, message: 'what?' } }),
    );
  });

  it('warns, whatever else it says', () => {
    expect(renderReview('u', allowed(), ['look out'])).to.deep.equal(
      review({ uid: 'u', allowed: true, warnings: ['outrider: look out'] }),
    );
  });
});
