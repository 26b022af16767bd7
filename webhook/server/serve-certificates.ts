import { createServer } from 'node:http';
import type { Logger } from 'pino';
import { serviceNames } from '../certificates/names.ts';
import type { Policy } from '../certificates/plan.ts';
import { type CacheMetrics, createCacheMetrics } from './cache-metrics.ts';
import { createCertificateMetrics } from './certificate-metrics.ts';
import { createHealthApp } from './health.ts';
import { type CertificateSurroundings, keepCertificates } from './keep-certificates.ts';
import { createLog } from './log.ts';

export interface ServeCertificatesInput extends Pick<Policy, 'life' | 'authorityLife' | 'authority'> {
  readonly namespace: string;
  readonly service: string;
  readonly secret: string;
  readonly caSecret: string;
  readonly webhookConfiguration: string;
  readonly warningConfiguration: string;
  readonly backstopConfiguration?: string;
  readonly port: number;
  readonly logLevel: string;
}

/** Its requests to the API server end by themselves after ten seconds each. */
const longestPass = 5 * 60_000;

/** Runs `outrider certificates` until SIGTERM or SIGINT. */
export async function serveCertificates(input: ServeCertificatesInput): Promise<void> {
  const log = createLog(input.logLevel);
  const metrics = createCertificateMetrics();
  let passedAt = performance.now();
  let problem: string | undefined = 'the certificates have not been looked at yet';
  const app = createHealthApp({
    metrics,
    alive: () => performance.now() - passedAt < longestPass,
    problem: () => problem,
  });
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(input.port, resolve);
  });

  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort(signal));
  const surroundings = await clusterSurroundings(input, createCacheMetrics(metrics.registry), log);
  log.info({ port: input.port, authority: input.authority }, 'keeping certificates');
  await keepCertificates({
    surroundings,
    policy: {
      dnsNames: serviceNames(input.service, input.namespace),
      life: input.life,
      authorityLife: input.authorityLife,
      authority: input.authority,
      spread: Math.random(),
    },
    metrics,
    log,
    signal: stop.signal,
    now: () => new Date(),
    passed(found) {
      passedAt = performance.now();
      problem = found;
      metrics.observePass(found === undefined);
    },
  });
  log.info({ signal: stop.signal.reason }, 'stopping');
  // Watches and connections are left to the end of the process.
  process.exit(0);
}

/** Loaded only here: the Kubernetes client costs about a second and 128 MB to import. */
async function clusterSurroundings(
  input: ServeCertificatesInput,
  observer: CacheMetrics,
  log: Logger,
): Promise<CertificateSurroundings> {
  const { connectCertificates } = await import('../cluster/connect-certificates.ts');
  return connectCertificates(input, observer, log);
}
