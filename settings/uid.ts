import { expected, type Parsed, parsed } from './result.ts';

/** A numeric user id, 1 to 4294967294: 0 would exempt every root process, 2^32-1 means "no user" to the kernel. */
export type Uid = number & { readonly __brand: 'Uid' };

const wanted = 'a numeric user id from 1 to 4294967294';

export function parseUid(text: string): Parsed<Uid> {
  if (!/^[0-9]{1,10}$/.test(text)) return expected(wanted);
  const uid = Number(text);
  return uid >= 1 && uid <= 4294967294 ? parsed(uid as Uid) : expected(wanted);
}

/** For constants of this program only; input goes through {@link parseUid}. */
export const uid = (value: number): Uid => value as Uid;
