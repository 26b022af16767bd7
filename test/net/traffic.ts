import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Host, RunOptions } from './host.ts';
import type { Program } from './program.ts';

/** The path of one of the programs in `fixtures/`. */
export function fixture(name: string): string {
  const file = fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
  if (!existsSync(file)) throw new Error(`there is no ${file}`);
  return file;
}

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Who answered a connection, and how it saw it. `destination` is the original one; null without a redirect. */
export type Answer =
  | { readonly program: 'server'; readonly local: Endpoint; readonly remote: Endpoint }
  | {
      readonly program: 'capture';
      readonly listener: number;
      readonly destination: Endpoint | null;
      readonly remote: Endpoint;
    }
  | { readonly program: 'none'; readonly error: string };

/** Starts a server that answers on `ports`, and resolves when it listens. */
export const startServer = (host: Host, ports: readonly number[], options?: RunOptions): Promise<Program> =>
  started(host.spawn(process.execPath, [fixture('server.ts'), ...ports.map(String)], options));

/** Starts a listener in the proxy's place, and resolves when it listens. */
export const startCapture = (host: Host, ports: readonly number[], options?: RunOptions): Promise<Program> =>
  started(host.spawn('/usr/bin/python3', [fixture('capture.py'), ...ports.map(String)], options));

/** The same, which takes what TPROXY gives it too. Its user has to have NET_ADMIN. */
export const startTransparentCapture = (
  host: Host,
  ports: readonly number[],
  options?: RunOptions,
): Promise<Program> =>
  started(
    host.spawn('/usr/bin/python3', [fixture('capture.py'), '--transparent', ...ports.map(String)], options),
  );

/** Starts a proxy's readiness server that is ready after the given time, and resolves when it listens. */
export const startHealth = (host: Host, address: string, milliseconds: number): Promise<Program> =>
  started(host.spawn(process.execPath, [fixture('health.ts'), address, `${milliseconds}`]));

async function started(program: Program): Promise<Program> {
  await program.nextLine();
  return program;
}

/** Connects from `host`, as a user, from a source address and from its port if given, and tells who answered. */
export async function connect(
  host: Host,
  to: Endpoint,
  { source, sourcePort, ...options }: RunOptions & { source?: string; sourcePort?: number } = {},
): Promise<Answer> {
  const from = [source, sourcePort].filter((one) => one !== undefined).map(String);
  const args = [fixture('client.ts'), to.address, `${to.port}`, ...from];
  const { stdout, stderr } = await host.exec(process.execPath, args, options);
  if (stdout === '') throw new Error(`the client failed: ${stderr}`);
  return JSON.parse(stdout) as Answer;
}

/** Sends a datagram from `host`: `sent`, or `refused` where the rules drop it on its way out. */
export async function sendUdp(
  host: Host,
  { address, port }: Endpoint,
  options: RunOptions,
  text = 'x',
): Promise<string> {
  const args = [fixture('send-udp.py'), address, `${port}`, text];
  return (await host.exec('/usr/bin/python3', args, options)).stdout.trim();
}
