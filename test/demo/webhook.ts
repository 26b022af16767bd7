import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { type Program, startProgram } from '../net/program.ts';

const executable = join(import.meta.dirname, '../../dist/outrider');

/** The real webhook, as a process of its own, without a cluster. */
export interface Webhook {
  readonly url: string;
  /** Sends a review as the API server would; the server's certificate is checked against the webhook's CA. */
  review(path: string, review: object): Promise<Review>;
  /** The decision that the webhook logged last. */
  lastDecision(): Promise<{ decision: string; reason: string }>;
  readonly program: Program;
}

export interface Review {
  readonly response: { readonly uid: string; readonly allowed: boolean; readonly patch?: string };
}

/** @param folder keeps its certificates. */
export async function startWebhook(folder: string, port: number): Promise<Webhook> {
  const options = [
    '--no-cluster',
    '--certificate-folder',
    folder,
    '--port',
    `${port}`,
    '--ip-families',
    'dual',
  ];
  const program = startProgram(executable, ['webhook', ...options], {});
  const nextLog = async (message: string): Promise<Record<string, string>> => {
    for (;;) {
      const line = JSON.parse(await program.nextLine());
      if (line.msg === message) return line;
    }
  };
  await nextLog('ready');
  const ca = await readFile(join(folder, 'ca.crt'));
  return {
    url: `https://localhost:${port}`,
    program,
    async lastDecision() {
      const { decision = '', reason = '' } = await nextLog('review answered');
      return { decision, reason };
    },
    review: (path, review) =>
      new Promise((resolve, reject) => {
        const headers = { 'content-type': 'application/json' };
        const call = request(
          { host: 'localhost', port, path, ca, method: 'POST', headers },
          async (response) => {
            let body = '';
            for await (const chunk of response) body += chunk;
            resolve(JSON.parse(body));
          },
        );
        call.on('error', reject).end(JSON.stringify(review));
      }),
  };
}
