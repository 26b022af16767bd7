import { isObject, type JsonObject } from './json.ts';

/** The part of an `AdmissionRequest` (admission.k8s.io/v1) that injection reads. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: string;
  readonly namespace: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly object: JsonObject;
  /** Present where nothing may come of the request but its answer. */
  readonly dryRun?: true;
}

/**
 * A body that is a review of something to admit, or the reason why not. With a `uid` the reason can still be told
 * to the API server in an AdmissionReview; without one there is no review to answer.
 */
export type ParsedReview =
  | { readonly kind: 'request'; readonly request: AdmissionRequest }
  | { readonly kind: 'invalid'; readonly uid?: string; readonly problem: string };

const apiVersion = 'admission.k8s.io/v1';

/** RFC 1123 label: what a namespace's name is (k8s.io/apimachinery/pkg/util/validation). */
const namespaceName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The API server sends a UUID of 36 characters. What is longer would only fill the log. */
const longestUid = 128;

export function parseReview(body: Uint8Array): ParsedReview {
  let review: unknown;
  try {
    review = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return { kind: 'invalid', problem: 'the body is not JSON in UTF-8' };
  }
  if (!isObject(review)) return { kind: 'invalid', problem: 'the body is not a JSON object' };
  const request = review.request;
  if (!isObject(request)) return { kind: 'invalid', problem: 'request: expected an object' };
  const { uid, operation, namespace, kind, object, dryRun } = request;
  if (typeof uid !== 'string' || uid === '' || uid.length > longestUid) {
    return { kind: 'invalid', problem: `request.uid: expected a string of 1 to ${longestUid} characters` };
  }
  const invalid = (problem: string): ParsedReview => ({ kind: 'invalid', uid, problem });
  if (review.apiVersion !== apiVersion || review.kind !== 'AdmissionReview') {
    return invalid(`apiVersion and kind: expected ${apiVersion} AdmissionReview`);
  }
  if (typeof operation !== 'string') return invalid('request.operation: expected a string');
  if (typeof namespace !== 'string' || !namespaceName.test(namespace)) {
    return invalid('request.namespace: expected the name of a namespace');
  }
  if (!isObject(kind)) return invalid('request.kind: expected an object');
  const { group = '', version, kind: name } = kind;
  if (typeof group !== 'string' || typeof version !== 'string' || typeof name !== 'string') {
    return invalid('request.kind: expected group, version and kind as strings');
  }
  if (!isObject(object)) return invalid('request.object: expected an object');
  return {
    kind: 'request',
    request: {
      uid,
      operation,
      namespace,
      kind: { group, version, kind: name },
      object,
      ...(dryRun === true && { dryRun }),
    },
  };
}
