import { type IncomingMessage, request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import { TLSSocket } from 'node:tls';

/** After how much time nobody waits on, in milliseconds. */
export interface Patience {
  /** For a connection, with its handshake. */
  readonly connect: number;
  /** Of silence on it. */
  readonly silence: number;
}

/**
 * How long a connection may be quiet before the kernel asks whether the far end is there: ten times, once a second
 * (libuv, uv_tcp_keepalive). A watch has nothing to send, so nothing else would tell it that the way has been cut.
 */
const keepAliveMilliseconds = 5_000;

/** Settles with the head of the answer; its body, too, fails after a silence. */
export async function exchange(
  url: URL,
  options: RequestOptions,
  { connect, silence }: Patience,
  body?: string,
): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined;
    const start = url.protocol === 'http:' ? requestHttp : requestHttps;
    const request = start(url, { ...options, timeout: connect }, (response) => {
      answer = response;
      resolve(response);
    });
    let limit = connect;
    request.once('socket', (socket) => {
      socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => {
        socket.setKeepAlive(true, keepAliveMilliseconds);
        limit = silence;
        request.setTimeout(silence);
      });
    });
    request.on('timeout', () => {
      (answer ?? request).destroy(new Error(`no answer within ${limit / 1000} s`));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The lines of a body as they come; what stands after the last line feed is left out. */
export async function* linesOf(response: IncomingMessage): AsyncGenerator<string, void> {
  response.setEncoding('utf8');
  let rest = '';
  for await (const chunk of response) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
