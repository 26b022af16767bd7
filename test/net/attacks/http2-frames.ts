/** Header fields as they stand, which no library would send. */
export type Fields = readonly (readonly [name: string, value: string])[];

const [headers, settings] = [1, 4];
const endOfHeadersAndStream = 0x05;

/** A connection in HTTP/2 (RFC 9113) that begins with one request, without a body. */
export const http2Request = (fields: Fields): Buffer =>
  Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    frame(settings, 0, 0, Buffer.alloc(0)),
    frame(headers, endOfHeadersAndStream, 1, Buffer.concat(fields.map(literal))),
  ]);

function frame(type: number, flags: number, stream: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** A literal field without indexing and with a new name (RFC 7541, 6.2.2), neither of them compressed. */
function literal([name, value]: Fields[number]): Buffer {
  const parts = [name, value].map((text) => Buffer.from(text, 'latin1'));
  return Buffer.concat([Buffer.from([0]), ...parts.flatMap((part) => [length(part), part])]);
}

/** An integer with a prefix of seven bits (RFC 7541, 5.1), here below 127 + 128. */
const length = ({ length }: Buffer): Buffer => Buffer.from(length < 127 ? [length] : [127, length - 127]);
