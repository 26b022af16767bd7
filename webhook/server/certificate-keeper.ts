import type { Logger } from 'pino';
import { findServingFlaw, leafOf, type Serving } from '../certificates/serving.ts';
import type { Metrics } from './metrics.ts';

/** Keeps the newest certificate that can serve. */
export interface CertificateKeeper {
  /** What is served; `undefined` until there has been one. */
  inForce(): Serving | undefined;
  /** Takes a version, or refuses it and leaves the one in force; `undefined`: there is none any more. */
  take(serving: Serving | undefined): 'taken' | 'refused';
  /** Has `apply` called with each that is taken from now on. */
  follow(apply: (serving: Serving) => void): void;
}

export interface KeeperInput {
  /** The names that a certificate has to be for. */
  readonly dnsNames: readonly string[];
  readonly metrics: Pick<Metrics, 'observeCertificate'>;
  readonly log: Logger;
  now(): Date;
}

export function keepCertificate({ dnsNames, metrics, log, now }: KeeperInput): CertificateKeeper {
  let inForce: Serving | undefined;
  let followers: ((serving: Serving) => void)[] = [];
  return {
    inForce: () => inForce,
    take(serving) {
      if (serving?.certificate === inForce?.certificate && serving?.key === inForce?.key) {
        return inForce === undefined ? 'refused' : 'taken';
      }
      const flaw = serving ? findServingFlaw(serving, dnsNames, now()) : 'there is none any more';
      if (serving === undefined || flaw !== undefined) {
        metrics.observeCertificate('refused', undefined);
        const stays = inForce === undefined ? 'none' : 'the one before';
        log.error({ problem: flaw, inForce: stays }, 'certificate refused');
        return 'refused';
      }
      inForce = serving;
      const { validToDate, serialNumber } = leafOf(serving);
      metrics.observeCertificate('taken', validToDate);
      log.info({ serial: serialNumber, expires: validToDate }, 'certificate taken');
      for (const apply of followers) apply(serving);
      return 'taken';
    },
    follow(apply) {
      followers = [...followers, apply];
    },
  };
}
