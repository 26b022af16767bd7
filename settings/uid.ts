import { expected, type Parsed, parsed } from './result.ts';

/** A numeric user id, 1 to 4294967294: 0 would exempt every root process, 2^32-1 means "no user" to the kernel. */
export type Uid = number & { readonly __brand: 'Uid' };

/** A numeric group id, in the same bounds and for the same reasons. */
export type Gid = number & { readonly __brand: 'Gid' };

/** A numeric user or group id that may be root's: of an application that is meant to be left alone. */
export type Owner = number & { readonly __brand: 'Owner' };

const last = 4294967294;

export const parseUid = (text: string): Parsed<Uid> => parseId<Uid>(text, 1, 'user');
export const parseGid = (text: string): Parsed<Gid> => parseId<Gid>(text, 1, 'group');
export const parseOwner = (text: string): Parsed<Owner> => parseId<Owner>(text, 0, 'user or group');

function parseId<T extends number>(text: string, first: number, of: string): Parsed<T> {
  const id = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return id >= first && id <= last
    ? parsed(id as T)
    : expected(`a numeric ${of} id from ${first} to ${last}`);
}

/** For constants of this program only; input goes through {@link parseUid}. */
export const uid = (value: number): Uid => value as Uid;

/** The group of the same number. */
export const gid = (value: Uid): Gid => Number(value) as Gid;
