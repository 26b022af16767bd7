import forge from 'node-forge';

const { asn1 } = forge;
const { Class, Type } = asn1;

/** A value of ASN.1, as node-forge holds it: what certificates are made of. */
export type Asn1 = forge.asn1.Asn1;

const universal = (type: number, constructed: boolean, value: string | Asn1[]): Asn1 =>
  asn1.create(Class.UNIVERSAL, type, constructed, value);

export const sequence = (...items: Asn1[]): Asn1 => universal(Type.SEQUENCE, true, items);
export const set = (...items: Asn1[]): Asn1 => universal(Type.SET, true, items);
export const utf8 = (text: string): Asn1 => universal(Type.UTF8, false, forge.util.encodeUtf8(text));
export const nothing = (): Asn1 => universal(Type.NULL, false, '');
export const boolean = (value: boolean): Asn1 => universal(Type.BOOLEAN, false, value ? '\xff' : '\0');
export const octets = (bytes: Uint8Array): Asn1 => universal(Type.OCTETSTRING, false, toText(bytes));
export const integer = (bytes: Uint8Array): Asn1 => universal(Type.INTEGER, false, toText(bytes));

export const objectId = (dotted: string): Asn1 =>
  universal(Type.OID, false, asn1.oidToDer(dotted).getBytes());

/** @param unused how many bits at the end are none. */
export const bits = (bytes: Uint8Array, unused = 0): Asn1 =>
  universal(Type.BITSTRING, false, String.fromCharCode(unused) + toText(bytes));

/** UTCTime up to the year 2049, and GeneralizedTime from there (RFC 5280 section 4.1.2.5). */
export const time = (date: Date): Asn1 =>
  date.getUTCFullYear() < 2050
    ? universal(Type.UTCTIME, false, asn1.dateToUtcTime(date))
    : universal(Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(date));

/** A value under a tag of its own: around a whole one, or in place of the tag of a text. */
export const tagged = (tag: number, content: Asn1 | Uint8Array): Asn1 =>
  content instanceof Uint8Array
    ? asn1.create(Class.CONTEXT_SPECIFIC, tag, false, toText(content))
    : asn1.create(Class.CONTEXT_SPECIFIC, tag, true, [content]);

export const toDer = (value: Asn1): Buffer => Buffer.from(asn1.toDer(value).getBytes(), 'latin1');
export const fromDer = (bytes: Uint8Array): Asn1 => asn1.fromDer(toText(bytes));

/** What a sequence or a tag holds; nothing where it is a plain value. */
export const itemsOf = ({ value }: Asn1): readonly Asn1[] => (Array.isArray(value) ? value : []);
/** The bytes of a plain value. */
export const bytesOf = ({ value }: Asn1): Buffer =>
  Buffer.from(typeof value === 'string' ? value : '', 'latin1');

export const isTagged = ({ tagClass, type }: Asn1, tag: number): boolean =>
  tagClass === Class.CONTEXT_SPECIFIC && type === tag;

/** node-forge holds bytes as texts of the same codes. */
function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
