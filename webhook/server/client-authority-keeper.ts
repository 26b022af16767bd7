import type { Logger } from 'pino';
import { readCertificates } from '../certificates/pem.ts';
import type { ClientMetrics } from './client-metrics.ts';

/** Keeps the newest CAs of clients that are of use. */
export interface ClientAuthorityKeeper {
  /** In PEM; `undefined` until there have been some. */
  inForce(): string | undefined;
  /** Takes a version, or refuses it and leaves the one in force; `undefined`: there is none to be read. */
  take(text: string | undefined): 'taken' | 'refused';
  /** Has `apply` called whenever others are taken from now on. */
  follow(apply: () => void): void;
}

export function keepClientAuthorities(
  file: string,
  metrics: Pick<ClientMetrics, 'observeAuthorities'>,
  log: Logger,
  now: () => Date,
): ClientAuthorityKeeper {
  let inForce: string | undefined;
  let followers: (() => void)[] = [];
  return {
    inForce: () => inForce,
    take(text) {
      const found = readAuthorities(text, now());
      if (found.kind === 'flawed') {
        metrics.observeAuthorities('refused', undefined);
        const stays = inForce === undefined ? 'none' : 'the version before';
        log.error({ file, problem: found.problem, inForce: stays }, 'CAs of clients refused');
        return 'refused';
      }
      inForce = found.text;
      metrics.observeAuthorities('taken', found.expires);
      log.info({ file, subjects: found.subjects, expires: found.expires }, 'CAs of clients taken');
      for (const apply of followers) apply();
      return 'taken';
    },
    follow(apply) {
      followers = [...followers, apply];
    },
  };
}

type Read =
  | { readonly kind: 'flawed'; readonly problem: string }
  | {
      readonly kind: 'read';
      readonly text: string;
      readonly subjects: readonly string[];
      /** The last of them, after which nobody is answered. */
      readonly expires: Date;
    };

function readAuthorities(text: string | undefined, now: Date): Read {
  if (text === undefined) return { kind: 'flawed', problem: 'it cannot be read: expected CAs in PEM' };
  try {
    const authorities = readCertificates(text);
    const other = authorities.find(({ ca }) => !ca);
    if (other) {
      return { kind: 'flawed', problem: `${other.subject} is no CA: expected those that sign for clients` };
    }
    const valid = authorities.filter(({ validToDate }) => validToDate > now);
    if (valid.length === 0) {
      const what = authorities.length === 0 ? 'there is none in it' : 'all in it have expired';
      return { kind: 'flawed', problem: `${what}: expected CAs in PEM` };
    }
    return {
      kind: 'read',
      text,
      subjects: authorities.map(({ subject }) => subject),
      expires: new Date(Math.max(...valid.map(({ validToDate }) => validToDate.getTime()))),
    };
  } catch (cause) {
    return {
      kind: 'flawed',
      problem: `one in it cannot be read: ${cause instanceof Error ? cause.message : cause}`,
    };
  }
}
