import type { PatchOperation } from '../injection/patch.ts';
import { fitWarnings } from './warnings.ts';

/** What the webhook says of one request. These four are its whole vocabulary. */
export type Answer =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'patched'; readonly operations: readonly PatchOperation[] }
  | { readonly kind: 'denied'; readonly message: string }
  | { readonly kind: 'errored'; readonly code: number; readonly message: string };

export const allowed = (): Answer => ({ kind: 'allowed' });
/** A patch without operations is no patch. */
export const patched = (operations: readonly PatchOperation[]): Answer =>
  operations.length === 0 ? allowed() : { kind: 'patched', operations };
export const denied = (message: string): Answer => ({ kind: 'denied', message });
/** `code`: an HTTP status, as in metav1.Status. */
export const errored = (code: number, message: string): Answer => ({ kind: 'errored', code, message });

/** The AdmissionReview (admission.k8s.io/v1) that carries an answer, and warnings, back to the request `uid`. */
export function renderReview(uid: string, answer: Answer, warnings: readonly string[] = []): object {
  const told = warnings.length === 0 ? {} : { warnings: fitWarnings(warnings) };
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, ...renderAnswer(answer), ...told },
  };
}

function renderAnswer(answer: Answer): object {
  switch (answer.kind) {
    case 'allowed':
      return { allowed: true };
    case 'patched':
      return { allowed: true, patchType: 'JSONPatch', patch: encode(answer.operations) };
    case 'denied':
      return { allowed: false, status: { code: 403, reason: 'Forbidden', message: answer.message } };
    case 'errored':
      return { allowed: false, status: { code: answer.code, message: answer.message } };
  }
}

/** The same operations serve many pods: what they are on the wire is kept for as long as they are. */
const encoded = new WeakMap<readonly PatchOperation[], string>();

function encode(operations: readonly PatchOperation[]): string {
  const text = encoded.get(operations) ?? Buffer.from(JSON.stringify(operations)).toString('base64');
  encoded.set(operations, text);
  return text;
}
