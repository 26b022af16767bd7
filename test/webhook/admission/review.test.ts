import { expect } from 'chai';
import { parseReview } from '../../../webhook/admission/review.ts';

const uid = '705ab4f5-6393-11e8-b7cc-42010a800002';
const kind = { group: '', version: 'v1', kind: 'Pod' };

const reviewOf = (request: unknown, fields: object = {}) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request,
  ...fields,
});
const request = (fields: object = {}) => ({
  uid,
  operation: 'CREATE',
  namespace: 'shop',
  kind,
  object: { metadata: {} },
  ...fields,
});
const parse = (body: unknown) => parseReview(Buffer.from(JSON.stringify(body)));

describe('an AdmissionReview', () => {
  it('gives the fields that injection reads, and no others', () => {
    const review = reviewOf(request({ userInfo: { username: 'me' }, dryRun: false }), { future: 1 });
    expect(parse(review)).to.deep.equal({
      kind: 'request',
      request: { uid, operation: 'CREATE', namespace: 'shop', kind, object: { metadata: {} } },
    });
  });

  it('says that it is a dry run', () => {
    expect(parse(reviewOf(request({ dryRun: true })))).to.have.nested.property('request.dryRun', true);
  });

  it('may leave out the group, which is empty for the core', () => {
    const review = reviewOf(request({ kind: { version: 'v1', kind: 'Pod' } }));
    expect(parse(review)).to.have.nested.property('request.kind.group', '');
  });

  for (const [what, body] of [
    ['nothing', ''],
    ['half of it', '{"apiVersion":"admission.k8s.io/v1","requ'],
    ['YAML', 'kind: AdmissionReview'],
    ['two documents', '{}{}'],
  ] as const) {
    it(`is invalid without a uid where the body is ${what}`, () => {
      expect(parseReview(Buffer.from(body))).to.deep.equal({
        kind: 'invalid',
        problem: 'the body is not JSON in UTF-8',
      });
    });
  }

  it('is invalid where its text is not UTF-8', () => {
    const body = Buffer.concat([Buffer.from('{"uid":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect(parseReview(body)).to.deep.equal({ kind: 'invalid', problem: 'the body is not JSON in UTF-8' });
  });

  for (const body of [null, 1, 'x', [], true]) {
    it(`is invalid where the body is ${JSON.stringify(body)}`, () => {
      expect(parse(body)).to.deep.equal({ kind: 'invalid', problem: 'the body is not a JSON object' });
    });
  }

  for (const body of [{}, reviewOf(null), reviewOf([]), reviewOf('x')]) {
    it(`is invalid without a request: ${JSON.stringify(body)}`, () => {
      expect(parse(body)).to.deep.equal({ kind: 'invalid', problem: 'request: expected an object' });
    });
  }

  for (const bad of [undefined, null, '', 7, {}, 'x'.repeat(129)]) {
    it(`has no uid to answer to where it is ${JSON.stringify(bad)?.slice(0, 20)}`, () => {
      expect(parse(reviewOf(request({ uid: bad })))).to.deep.equal({
        kind: 'invalid',
        problem: 'request.uid: expected a string of 1 to 128 characters',
      });
    });
  }

  for (const [fields, problem] of [
    [
      { apiVersion: 'admission.k8s.io/v1beta1' },
      'apiVersion and kind: expected admission.k8s.io/v1 AdmissionReview',
    ],
    [{ kind: 'ConversionReview' }, 'apiVersion and kind: expected admission.k8s.io/v1 AdmissionReview'],
  ] as const) {
    it(`is told with its uid what is wrong with ${JSON.stringify(fields)}`, () => {
      expect(parse(reviewOf(request(), fields))).to.deep.equal({ kind: 'invalid', uid, problem });
    });
  }

  for (const [fields, problem] of [
    [{ operation: undefined }, 'request.operation: expected a string'],
    [{ operation: {} }, 'request.operation: expected a string'],
    [{ namespace: undefined }, 'request.namespace: expected the name of a namespace'],
    [{ namespace: '' }, 'request.namespace: expected the name of a namespace'],
    [{ namespace: '../secrets' }, 'request.namespace: expected the name of a namespace'],
    [{ namespace: 'Shop' }, 'request.namespace: expected the name of a namespace'],
    [{ namespace: 'a'.repeat(64) }, 'request.namespace: expected the name of a namespace'],
    [{ namespace: ['shop'] }, 'request.namespace: expected the name of a namespace'],
    [{ kind: null }, 'request.kind: expected an object'],
    [{ kind: { version: 'v1' } }, 'request.kind: expected group, version and kind as strings'],
    [{ object: null }, 'request.object: expected an object'],
    [{ object: [] }, 'request.object: expected an object'],
  ] as const) {
    it(`is told with its uid what is wrong with its request: ${JSON.stringify(fields)}`, () => {
      expect(parse(reviewOf(request(fields)))).to.deep.equal({ kind: 'invalid', uid, problem });
    });
  }

  it('takes the longest name of a namespace', () => {
    expect(parse(reviewOf(request({ namespace: 'a'.repeat(63) })))).to.have.property('kind', 'request');
  });

  it('takes the keys of a prototype as keys like any other', () => {
    const body = `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","__proto__":{"request":{}},
      "request":{"__proto__":{"uid":"forged"},"operation":"CREATE"}}`;
    expect(parseReview(Buffer.from(body))).to.deep.equal({
      kind: 'invalid',
      problem: 'request.uid: expected a string of 1 to 128 characters',
    });
    expect(({} as Record<string, unknown>).uid).to.equal(undefined);
  });
});
