import { ApiException } from '@kubernetes/client-node';

/** The result, or `undefined` where the API server answers with the HTTP status `code`. */
export async function unless<T>(code: number, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiException && error.code === code) return undefined;
    throw error;
  }
}
