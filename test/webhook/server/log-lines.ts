import { Writable } from 'node:stream';

/** Where a log can be written to, and the lines that were. */
export function logLines(): { readonly lines: Record<string, unknown>[]; readonly stream: Writable } {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(line, _encoding, done) {
      lines.push(JSON.parse(`${line}`));
      done();
    },
  });
  return { lines, stream };
}
