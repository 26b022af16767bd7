import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { freePort } from '../../webhook/free-port.ts';

const outrider = fileURLToPath(new URL('../../../dist/outrider', import.meta.url));

/** `outrider webhook` or `outrider certificates`, on this machine and by the token of its account. */
export interface Program {
  /** Whether a line of the log says all of these. */
  says(...texts: readonly string[]): boolean;
  isReady(): Promise<boolean>;
  /** What `path` answers; empty where nothing does. */
  ask(path: string, body?: string): Promise<string>;
  /** Serial number of the certificate that it shows. */
  shownSerial(): Promise<string | undefined>;
  stop(): Promise<void>;
}

export async function startOutrider(
  kubeconfig: string,
  command: string,
  args: readonly string[] = [],
): Promise<Program> {
  const port = await freePort();
  const subprocess = execa(outrider, [command, `--port=${port}`, ...args], {
    env: { KUBECONFIG: kubeconfig, NO_PROXY: '*' },
    all: true,
    buffer: false,
    reject: false,
  });
  const log: string[] = [];
  const read = async (): Promise<void> => {
    // The answers of the API server are quoted in there, once more or twice.
    for await (const line of subprocess.iterable({ from: 'all' }))
      log.push(String(line).replaceAll('\\', ''));
  };
  const ended = read();
  const at = { host: '127.0.0.1', port, agent: false } as const;
  const ask = async (path: string, body = ''): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const options = { ...at, path, method: body === '' ? 'GET' : 'POST', headers, rejectUnauthorized: false };
    try {
      const sent = (command === 'webhook' ? requestHttps : requestHttp)(options);
      sent.end(body);
      const [response] = await once(sent, 'response');
      return await text(response);
    } catch {
      // It does not listen yet.
      return '';
    }
  };
  return {
    says: (...texts) => log.some((line) => texts.every((one) => line.includes(one))),
    ask,
    isReady: async () => (await ask('/readyz')) === 'ok',
    async shownSerial() {
      const socket = connect({ ...at, servername: 'localhost', rejectUnauthorized: false });
      try {
        await once(socket, 'secureConnect');
        return new X509Certificate(socket.getPeerCertificate().raw).serialNumber;
      } catch {
        return undefined;
      } finally {
        socket.destroy();
      }
    },
    async stop() {
      // At once: it would let go of its connections first.
      subprocess.kill('SIGKILL');
      await ended;
    },
  };
}
