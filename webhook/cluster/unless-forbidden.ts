import { ApiError } from './api-error.ts';

/** What was read, or why it may not be. */
export type Allowed<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'forbidden'; readonly message: string };

export async function unlessForbidden<T>(call: Promise<T>): Promise<Allowed<T>> {
  try {
    return { kind: 'read', value: await call };
  } catch (error) {
    if (error instanceof ApiError && error.code === 'forbidden') {
      return { kind: 'forbidden', message: error.message };
    }
    throw error;
  }
}
