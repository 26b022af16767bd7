import type { Fields } from './http2-frames.ts';

export const lines = (...all: readonly string[]): string => all.join('\r\n');
/** What would be a request of its own to who ends the one before it elsewhere than the proxy. */
export const smuggled = lines('GET /smuggled HTTP/1.1', 'Host: x', '', '');
export const post = ['POST / HTTP/1.1', 'Host: a'];
const chunked = [...post, 'Transfer-Encoding: chunked', ''];

/** What is refused whole: the application gets nothing of it. */
export const refused: readonly (readonly [status: number, what: string, sent: string])[] = [
  [
    400,
    'a length beside chunks',
    lines(...post, 'Content-Length: 40', 'Transfer-Encoding: chunked', '', '0', '', smuggled),
  ],
  [
    400,
    'chunks beside a length',
    lines(...post, 'Transfer-Encoding: chunked', 'Content-Length: 4', '', '28', smuggled, '0', '', ''),
  ],
  ...[
    'xchunked',
    'chunked, identity',
    'identity, chunked',
    'identity',
    'gzip, chunked',
    'chunked, chunked',
    ',chunked',
    'chunked;q=1',
    '"chunked"',
    'chunked\r\nTransfer-Encoding: identity',
  ].map(
    (coding) =>
      [
        501,
        `the coding ${JSON.stringify(coding)}`,
        lines(...post, `Transfer-Encoding: ${coding}`, '', '0', '', smuggled),
      ] as const,
  ),
  ...['\x0bchunked', 'chu\0nked'].map(
    (coding) =>
      [
        400,
        `the coding ${JSON.stringify(coding)}`,
        lines(...post, `Transfer-Encoding: ${coding}`, '', '0', '', smuggled),
      ] as const,
  ),
  ...[
    'Transfer-Encoding : chunked',
    'Transfer-Encoding\t: chunked',
    'Transfer-Encoding\0: chunked',
    'Transfer\xa0-Encoding: chunked',
    'X: y\nTransfer-Encoding: chunked',
    'X: y\r\nTransfer-Encoding:\r\n chunked',
  ].map(
    (header) =>
      [
        400,
        `the header ${JSON.stringify(header)}`,
        lines(...post, 'Content-Length: 40', header, '', '0', '', smuggled),
      ] as const,
  ),
  ...[
    'Content-Length: 3\r\nContent-Length: 40',
    'Content-Length: 3\r\nContent-Length: 3',
    'Content-Length: 3, 40',
    'Content-Length: 3, 3',
    'Content-Length: +3',
    'Content-Length: -1',
    'Content-Length: 0x3',
    'Content-Length: 3;',
    'Content-Length:',
    'Content-Length: 3\r\n 0',
    'Content-Length : 40\r\nContent-Length: 3',
    'Content-Length: 99999999999999999999',
  ].map(
    (header) =>
      [400, `the length ${JSON.stringify(header)}`, lines(...post, header, '', `abc${smuggled}`)] as const,
  ),
  ...['0x3', ' 3', '-1', '+3', 'ffffffffffffffff3', '3;a\nx', ''].map(
    (size) =>
      [
        400,
        `a chunk of the size ${JSON.stringify(size)}`,
        lines(...chunked, size, 'abc', '0', '', smuggled),
      ] as const,
  ),
  [400, 'a chunk whose size ends in a bare line feed', lines(...chunked, '3\nabc', '0', '', smuggled)],
  [400, 'a space in the path', lines('GET /a HTTP/1.1 HTTP/1.1', 'Host: a', '', '')],
  [400, 'a NUL in a header', lines('GET / HTTP/1.1', 'Host: a', 'X: a\0b', '', '')],
  [
    400,
    'a header that takes off those of the body',
    lines(...post, 'Connection: Content-Length, Host', 'Content-Length: 3', '', `abc${smuggled}`),
  ],
  [
    431,
    'headers of two megabytes',
    lines('GET / HTTP/1.1', 'Host: a', `X: ${'x'.repeat(2 ** 21)}`, '', smuggled),
  ],
];

/** What passes, and how the application gets it: in the only form in which it can be read in one way. */
export const rewritten: readonly (readonly [what: string, sent: string, arrives: string])[] = [
  [
    'bare line feeds',
    'POST / HTTP/1.1\nHost: a\nContent-Length: 3\n\nabc',
    lines(...post, 'Content-Length: 3', '', 'abc'),
  ],
  [
    'a bare carriage return',
    lines(
      ...post,
      'Content-Length: 40',
      'X: y\rTransfer-Encoding: chunked',
      '',
      `0\r\n\r\n${smuggled.slice(0, 35)}`,
    ),
    lines(
      ...post,
      'Content-Length: 40',
      'X: yTransfer-Encoding: chunked',
      '',
      `0\r\n\r\n${smuggled.slice(0, 35)}`,
    ),
  ],
  [
    'a header over two lines',
    lines('GET / HTTP/1.1', 'Host: a', 'X: a', '\tTransfer-Encoding: chunked', '', ''),
    lines('GET / HTTP/1.1', 'Host: a', 'X: a\tTransfer-Encoding: chunked', '', ''),
  ],
  [
    'a coding over two lines',
    lines(...post, 'Transfer-Encoding:', ' chunked', '', '3', 'abc', '0', '', ''),
    lines(...chunked, '3', 'abc', '0', '', ''),
  ],
  [
    'extensions of chunks',
    lines(...chunked, '3;a=b;c="x"', 'abc', '0;d', '', ''),
    lines(...chunked, '3', 'abc', '0', '', ''),
  ],
  [
    'a chunk longer than its size',
    lines(...chunked, '3', 'abcd', '0', '', ''),
    lines(...chunked, '3', 'abc', '0', '', ''),
  ],
  [
    'a chunk that ends in a bare line feed',
    lines(...chunked, '3', 'abc\n0', '', ''),
    lines(...chunked, '3', 'abc', '0', '', ''),
  ],
  [
    'white space in the first line',
    lines('GET \t / HTTP/1.1', 'Host: a', '', ''),
    lines('GET / HTTP/1.1', 'Host: a', '', ''),
  ],
  [
    'empty lines in front',
    lines('', '', 'GET / HTTP/1.1', 'Host: a', '', ''),
    lines('GET / HTTP/1.1', 'Host: a', '', ''),
  ],
  [
    'a request as the body of one that has none',
    lines('GET / HTTP/1.1', 'Host: a', `Content-Length: ${smuggled.length}`, '', smuggled),
    lines('GET / HTTP/1.1', 'Host: a', `Content-Length: ${smuggled.length}`, '', smuggled),
  ],
];

/** In the shape that HTTP/2 has for a request, with something that would be more than one field in HTTP/1. */
export const request: Fields = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'a'],
];
const changed = (name: string, value: string): Fields =>
  request.map((field) => (field[0] === name ? [name, value] : field));
const injection = '\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
export const inHttp2: readonly (readonly [what: string, fields: Fields])[] = [
  ['a line end in a value', [...request, ['x', `y${injection}`]]],
  ['a line feed in a value', [...request, ['x', 'y\nz: w']]],
  ['a line end in a name', [...request, [`x: y${injection}`, 'z']]],
  ['a colon in a name', [...request, ['transfer-encoding: chunked', 'x']]],
  ['a capital in a name', [...request, ['Transfer-Encoding', 'chunked']]],
  ['a line end in the path', changed(':path', `/ HTTP/1.1\r\nHost: a${injection}`)],
  ['a space in the path', changed(':path', '/ HTTP/1.1')],
  ['a line end in the method', changed(':method', `GET / HTTP/1.1\r\nHost: a${injection}`)],
  ['a line end in the authority', changed(':authority', `a${injection}`)],
  ['a NUL in a value', [...request, ['x', 'a\0b']]],
  ['chunks', [...request, ['transfer-encoding', 'chunked']]],
  ['an upgrade', [...request, ['connection', 'upgrade'], ['upgrade', 'websocket']]],
  ['two paths', [...request, [':path', '/smuggled']]],
  ['two lengths', [...request, ['content-length', '0'], ['content-length', '40']]],
  ['a pseudo field behind others', [...request.slice(0, 3), ['x', 'y'], [':authority', 'a']]],
];
