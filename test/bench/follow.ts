import type { Api } from '../cluster/api.ts';

/**
 * Calls `seen` with each object of a list that comes or changes from now on, as soon as the API server tells of it, until
 * the signal. Rejects when the API server ends the watch before.
 */
export async function follow<T>(
  { origin, request }: Api,
  path: string,
  signal: AbortSignal,
  seen: (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T) => void,
): Promise<void> {
  const { text } = await request('GET', path);
  const { resourceVersion } = JSON.parse(text).metadata;
  const response = await fetch(`${origin}${path}?watch=1&resourceVersion=${resourceVersion}`, { signal });
  const lines = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream());
  let rest = '';
  try {
    for await (const chunk of lines) {
      const whole = `${rest}${chunk}`.split('\n');
      rest = whole.pop() ?? '';
      for (const line of whole) {
        const { type, object } = JSON.parse(line);
        seen(type, object);
      }
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  throw new Error(`the API server ended the watch of ${path}`);
}
