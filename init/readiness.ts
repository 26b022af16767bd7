import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { InitError } from './init-error.ts';

export interface ReadinessTarget {
  /** An IP address. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** Between the starts of two attempts, in milliseconds. */
const interval = 50;
/** For one attempt, in milliseconds: a proxy that accepted and hangs must not use up the whole time. */
const attemptLimit = 1000;
const noAnswer = 'no answer';

/**
 * Asks by HTTP GET until the answer is 200, or until `seconds` are over.
 * @throws InitError `proxy-not-ready`, with what was tried and the last answer
 */
export async function waitForProxy(target: ReadinessTarget, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  for (let attempts = 1, answer = noAnswer; ; attempts++) {
    const started = performance.now();
    const limit = Math.min(attemptLimit, deadline - started);
    const said = await ask(target, limit);
    if (said === 'status 200') return;
    // An attempt that the deadline cut short has nothing to say.
    if (said !== noAnswer || limit === attemptLimit) answer = said;
    const next = started + interval;
    await sleep(Math.max(0, Math.min(next, deadline) - performance.now()));
    if (Math.max(next, performance.now()) >= deadline) {
      const tried = `GET ${url(target)} ${attempts} times in ${seconds} s`;
      throw new InitError(
        'proxy-not-ready',
        `the proxy is not ready: tried ${tried}; last answer: ${answer}`,
      );
    }
  }
}

const url = ({ host, port, path }: ReadinessTarget): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;

/**
 * One request, told in few words: `status 503`, `connection refused`. Over a plain socket, since HTTP clients may heed
 * HTTP_PROXY and keep connections.
 */
function ask({ host, port, path }: ReadinessTarget, milliseconds: number): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect({ host, port });
    const settle = (answer: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => settle(noAnswer), milliseconds);
    socket.setEncoding('latin1');
    socket.on('connect', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: outrider\r\nConnection: close\r\n\r\n`),
    );
    socket.on('data', (text: string) => {
      received += text;
      if (received.includes('\r\n')) settle(statusOf(received));
    });
    socket.on('error', ({ message, ...rest }) =>
      settle('code' in rest && rest.code === 'ECONNREFUSED' ? 'connection refused' : message),
    );
    socket.on('close', () => settle('connection closed without an answer'));
  });
}

function statusOf(received: string): string {
  const status = /^HTTP\/1\.[01] ([0-9]{3})/.exec(received)?.[1];
  return status === undefined ? 'not HTTP' : `status ${status}`;
}
