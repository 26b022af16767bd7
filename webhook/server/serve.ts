import type { Server } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Family } from '../../settings/cidr.ts';
import type { WarningEvent } from '../admission/denial.ts';
import { obtainFromFolder } from '../certificates/folder.ts';
import { callName, serviceNames } from '../certificates/names.ts';
import type { Published } from '../decision/published.ts';
import type { Revision } from '../decision/revision.ts';
import { createApp, type NamespaceLookup } from './app.ts';
import { type CacheMetrics, createCacheMetrics } from './cache-metrics.ts';
import { type CertificateKeeper, keepCertificate } from './certificate-keeper.ts';
import type { ConfigKeeper } from './config-keeper.ts';
import { denialTeller } from './denial-events.ts';
import { keepInjector } from './keep-injector.ts';
import { type Credentials, listen, replaceCredentials, untilUnused } from './listen.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { type ClientRequirement, requireClients } from './require-clients.ts';

export interface ServeInput {
  readonly version: string;
  readonly revision?: Revision;
  readonly port: number;
  readonly namespace: string;
  readonly service: string;
  readonly secret: string;
  readonly initImage: string;
  readonly families: readonly Family[];
  readonly logLevel: string;
  /** False: serve without a Kubernetes API. */
  readonly cluster: boolean;
  readonly certificateFolder?: string;
  /** Who may ask for reviews; without it, all may. */
  readonly clients?: ClientRequirement;
}

/** What the webhook needs of its surroundings: a cluster, or a folder in its place. */
export interface Surroundings {
  /** Offers each version of the certificate to `take`; settles once one is taken. */
  watchCertificate(take: CertificateKeeper['take']): Promise<void>;
  /** Settles once the cache has synced. */
  watchNamespaces(): Promise<NamespaceLookup>;
  /** Tells what the installations know that are here or were; settles once it has, or can wait no longer. */
  watchPublished(take: (published: readonly Published[]) => void): Promise<void>;
  /** Offers each version of the configuration to `take`; settles once one is taken. */
  watchConfig(take: ConfigKeeper['take']): Promise<void>;
  /** Posts an Event, unless there is one of its name. */
  postWarning(warning: WarningEvent): Promise<void>;
}

/**
 * After SIGTERM the API server goes on connecting until it has seen that this endpoint is gone: for as long as the first;
 * and it uses the connections that it has, until it has been answered on each. In milliseconds; both are over before the
 * kubelet's grace is (30 s).
 */
const linger = { connecting: 5_000, connected: 20_000 };

/** Runs the webhook until SIGTERM or SIGINT. */
export async function serve(input: ServeInput): Promise<void> {
  const log = createLog(input.logLevel);
  const metrics = createMetrics();
  const observer = createCacheMetrics(metrics.registry);
  const surroundings = input.cluster
    ? await clusterSurroundings(input, observer, log)
    : withoutCluster(input);
  const { watchCertificate, watchNamespaces, watchConfig, watchPublished, postWarning } = surroundings;
  let namespaces: NamespaceLookup | undefined;
  let stopping = false;
  const certificate = keepCertificate({
    dnsNames: [callName(input.service, input.namespace)],
    metrics,
    log,
    now: () => new Date(),
  });
  const clients = input.clients && requireClients(input.clients, metrics, log);
  const { config, injector, takePublished } = keepInjector(input, metrics, log);
  const app = createApp({
    injector,
    namespaces: async (name) => {
      if (namespaces === undefined) throw new Error('the cache of namespaces has not synced yet');
      return await namespaces(name);
    },
    tell: denialTeller({ post: postWarning, metrics, log, now: () => performance.now() }),
    metrics,
    log,
    ...(clients && { onlyKnown: clients.only }),
    ready: () => namespaces !== undefined && config.inForce() !== undefined && !stopping,
  });
  const start = async (): Promise<Server> => {
    log.info({ service: input.service }, 'waiting for a certificate');
    await Promise.all([watchCertificate(certificate.take), clients?.load()]);
    const credentials = (): Credentials => {
      const serving = certificate.inForce();
      if (serving === undefined) throw new Error('the watch of the certificate settled without one');
      return { ...serving, clientAuthorities: clients?.authorities() };
    };
    const server = await listen(app, credentials(), input.port);
    const renew = (): void => replaceCredentials(server, credentials());
    certificate.follow(renew);
    clients?.attach(server, renew);
    // Others may have come while the port was being bound.
    renew();
    log.info(
      { port: input.port, version: input.version, revision: input.revision, families: input.families },
      'serving',
    );
    return server;
  };
  const [server] = await Promise.all([
    start(),
    watchNamespaces().then((lookup) => {
      namespaces = lookup;
    }),
    watchPublished(takePublished).then(() => watchConfig(config.take)),
  ]);
  log.info('ready');

  const signal = await nextSignal();
  stopping = true;
  log.info({ signal }, 'stopping');
  if (input.cluster) {
    await setTimeout(linger.connecting);
    await untilUnused(server, linger.connected);
  }
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}

async function nextSignal(): Promise<string> {
  return await new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

/** A client on this machine has no Service to call: it calls localhost. */
function withoutCluster({ certificateFolder = '', service, namespace }: ServeInput): Surroundings {
  const dnsNames = [...serviceNames(service, namespace), 'localhost'];
  return {
    watchCertificate: async (take) =>
      void take(await obtainFromFolder(certificateFolder, dnsNames, new Date())),
    watchNamespaces: async () => async () => ({ annotations: {} }),
    watchPublished: async () => undefined,
    watchConfig: async (take) => void take(undefined),
    postWarning: async () => undefined,
  };
}

/** Loaded only here: the Kubernetes client costs about a second and 128 MB to import. */
async function clusterSurroundings(
  input: ServeInput,
  observer: CacheMetrics,
  log: Logger,
): Promise<Surroundings> {
  const { connect } = await import('../cluster/connect.ts');
  return connect(input, observer, log);
}
