import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from '../cluster/api.ts';
import { podManifest } from '../cluster/pods.ts';

/** A pod that was sent, which should have a proxy; it is not kept (server-side dry run). */
export interface Creation {
  /** When, in milliseconds since the start. */
  readonly at: number;
  /** To the first answer. */
  readonly milliseconds: number;
  /** Why the first try was refused, and after how many milliseconds another was not; absent where none was taken. */
  readonly failure?: { readonly why: string; readonly healedAfter?: number };
}

export interface Creations {
  readonly all: readonly Creation[];
  /** Pods that were taken without a proxy. */
  readonly uninjected: number;
}

/** Each sends one after another, over connections that are kept; more than one is under way at a time. */
const workers = 10;
/** Within this, a try that failed is tried again, as a controller does, in milliseconds. */
const patience = 5_000;
const betweenTries = 250;

/** Sends so many pods a second until it is over. */
export async function keepCreating(
  api: Request,
  perSecond: number,
  isOver: () => boolean,
): Promise<Creations> {
  const started = performance.now();
  const now = (): number => performance.now() - started;
  const all: Creation[] = [];
  let uninjected = 0;

  /** @returns why it was refused. */
  const send = async (): Promise<string | undefined> => {
    const pod = podManifest({ name: 'sent', labels: { 'outrider.io/inject': 'true' } });
    try {
      const { status, text } = await api('POST', '/api/v1/namespaces/default/pods?dryRun=All', pod);
      if (status !== 201) return reasonIn(text);
      if (!text.includes('"outrider-proxy"')) uninjected += 1;
      return undefined;
    } catch (error) {
      return `no answer: ${error}`;
    }
  };
  const create = async (): Promise<void> => {
    const at = now();
    const why = await send();
    const failedAt = now();
    const milliseconds = failedAt - at;
    if (why === undefined) return void all.push({ at, milliseconds });
    for (let again: string | undefined = why; now() < failedAt + patience; ) {
      await sleep(betweenTries);
      again = await send();
      if (again !== undefined) continue;
      all.push({ at, milliseconds, failure: { why, healedAfter: now() - failedAt } });
      return;
    }
    all.push({ at, milliseconds, failure: { why } });
  };
  const work = async (_: unknown, worker: number): Promise<void> => {
    const pause = (workers * 1000) / perSecond;
    for (let due = (worker * 1000) / perSecond; !isOver(); due = Math.max(due + pause, now())) {
      await sleep(Math.max(0, due - now()));
      await create();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return { all, uninjected };
}

/** Of what the API server says of a webhook, what went wrong, without the addresses, which differ each time. */
export function reasonIn(text: string): string {
  const [, reason = text.slice(0, 200)] = /"https:[^"]*\\": (.*?)"[,}]/.exec(text) ?? [];
  return reason
    .replaceAll('\\u003e', '>')
    .replaceAll(/(->)?\d+\.\d+\.\d+\.\d+:\d+/g, '')
    .replaceAll(/ +(?=:| )/g, '');
}
