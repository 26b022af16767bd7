/**
 * The first message of a TLS handshake (RFC 8446, 4.1.2), as no TLS library would write it: only as much of it is true as
 * a proxy reads to find the server's name (RFC 6066, 3).
 */

export interface ClientHello {
  /** Lists of names, each an extension of its own; usual are one list with one name. */
  readonly names?: readonly (readonly string[])[];
  /** More extensions, by their numbers. */
  readonly extensions?: readonly (readonly [number, Uint8Array])[];
  /** Of the record: 3.1 is TLS 1.0, with which all versions begin. */
  readonly version?: number;
  /** The most bytes of the message in one record. */
  readonly recordSize?: number;
}

const serverName = 0;
const supportedGroups = 10;
const signatureAlgorithms = 13;
const supportedVersions = 43;
const keyShare = 51;
const handshake = 22;

export function clientHello({
  names = [],
  extensions = [],
  version = 0x0301,
  recordSize = 2 ** 14,
}: ClientHello): Buffer {
  const all = [
    ...names.map((list) => extension(serverName, sized(2, ...list.map(hostName)))),
    extension(supportedGroups, Buffer.from('0002001d', 'hex')),
    extension(signatureAlgorithms, Buffer.from('000404030804', 'hex')),
    extension(supportedVersions, Buffer.from('0403040303', 'hex')),
    extension(keyShare, sized(2, Buffer.from('001d', 'hex'), sized(2, Buffer.alloc(32, 9)))),
    ...extensions.map(([type, body]) => extension(type, body)),
  ];
  const body = Buffer.concat([
    number(2, 0x0303),
    Buffer.alloc(32, 7),
    sized(1, Buffer.alloc(32, 5)),
    sized(2, Buffer.from('13011302c02bc02f', 'hex')),
    sized(1, number(1, 0)),
    sized(2, ...all),
  ]);
  const message = Buffer.concat([number(1, 1), sized(3, body)]);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += recordSize) {
    const part = message.subarray(at, at + recordSize);
    records.push(number(1, handshake), number(2, version), sized(2, part));
  }
  return Buffer.concat(records);
}

/** A list of one name, which is what handshakes have. */
export const naming = (name: string, more: ClientHello = {}): Buffer =>
  clientHello({ names: [[name]], ...more });

const hostName = (name: string): Buffer =>
  Buffer.concat([number(1, 0), sized(2, Buffer.from(name, 'latin1'))]);

const extension = (type: number, body: Uint8Array): Buffer =>
  Buffer.concat([number(2, type), sized(2, body)]);

function sized(bytes: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([number(bytes, body.length), body]);
}

function number(bytes: number, value: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}
