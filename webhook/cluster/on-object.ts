import { ApiException } from '@kubernetes/client-node';
import { ObjectFailure, type Verb } from '../certificates/object-failure.ts';

/**
 * The result of a call.
 *
 * @throws ObjectFailure where it is none.
 */
export async function onObject<T>(verb: Verb, object: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    throw new ObjectFailure(verb, object, problemOf(verb, cause), { cause });
  }
}

function problemOf(verb: Verb, cause: unknown): string {
  if (!(cause instanceof ApiException)) {
    return `the API server does not answer (${cause instanceof Error ? cause.message : cause}): it is tried again`;
  }
  const said = messageOf(cause.body);
  switch (cause.code) {
    case 401:
      return `the API server does not take the token of the account: ${said}`;
    case 403:
      return `${said}: let its account ${verb} it, as manifests/certificates-rbac.yaml does, and no policy refuse that`;
    default:
      return `the API server answers ${cause.code}: ${said}`;
  }
}

/** Of the Status that the API server answers with, as the text that it came as. */
function messageOf(body: unknown): string {
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    return String((status as { message?: unknown }).message);
  } catch {
    return String(body).slice(0, 200);
  }
}
