import type { Host, RunOptions } from '../host.ts';
import { type Endpoint, fixture } from '../traffic.ts';

interface SendOptions extends RunOptions {
  /** For how long nothing may come, in seconds. What ends a connection is not waited for longer than it takes. */
  readonly patience?: number;
  /** What ends with it is all that is waited for. */
  readonly end?: string;
}

/** Sends bytes, each piece in a segment of its own, and gives what came back: a character for each byte. */
export async function sendBytes(
  host: Host,
  { address, port }: Endpoint,
  pieces: readonly (string | Uint8Array)[],
  { patience = 10, end, ...options }: SendOptions = {},
): Promise<string> {
  const args = [
    fixture('send-bytes.py'),
    address,
    `${port}`,
    `${patience}`,
    ...(end === undefined ? [] : [end]),
  ];
  const encoded = pieces.map((piece) => Buffer.from(piece as string, 'latin1').toString('base64'));
  const input = JSON.stringify(encoded);
  const { stdout, stderr } = await host.exec('/usr/bin/python3', args, { ...options, input });
  if (stderr !== '') throw new Error(`sending bytes failed: ${stderr}`);
  return Buffer.from(stdout, 'base64').toString('latin1');
}

/** The status codes in what came back. */
export const statusesOf = (answer: string): readonly number[] =>
  [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, code]) => Number(code));
