import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Family } from '../../settings/cidr.ts';
import type { WarningEvent } from '../admission/denial.ts';
import type { CertificateBundle } from '../certificates/bundle.ts';
import { folderStore } from '../certificates/folder-store.ts';
import { type CertificateStore, obtainBundle } from '../certificates/obtain.ts';
import { createApp, type NamespaceLookup } from './app.ts';
import { type ConfigKeeper, keepConfig } from './config-keeper.ts';
import { denialTeller } from './denial-events.ts';
import { listen } from './listen.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';

export interface ServeInput {
  readonly version: string;
  readonly port: number;
  readonly namespace: string;
  readonly service: string;
  readonly webhookConfiguration: string;
  readonly warningConfiguration: string;
  readonly backstopConfiguration?: string;
  readonly secret: string;
  readonly initImage: string;
  readonly families: readonly Family[];
  readonly logLevel: string;
  /** False: serve without a Kubernetes API. */
  readonly cluster: boolean;
  readonly certificateFolder?: string;
}

/** What the webhook needs of its surroundings: a cluster, or a folder in its place. */
export interface Surroundings {
  readonly store: CertificateStore;
  /** Settles once the API server trusts the bundle's CA. */
  publish(bundle: CertificateBundle): Promise<void>;
  /** Settles once the cache has synced. */
  watchNamespaces(): Promise<NamespaceLookup>;
  /** Offers each version of the configuration to `take`; settles once one is taken. */
  watchConfig(take: ConfigKeeper['take']): Promise<void>;
  /** Posts an Event, unless there is one of its name. */
  postWarning(warning: WarningEvent): Promise<void>;
}

/**
 * After SIGTERM the API server goes on sending reviews until it has seen that this endpoint is gone: they are
 * answered for as long as this.
 */
const lingerMilliseconds = 5000;

/** Runs the webhook until SIGTERM or SIGINT. */
export async function serve(input: ServeInput): Promise<void> {
  const log = createLog(input.logLevel);
  const { store, publish, watchNamespaces, watchConfig, postWarning } = input.cluster
    ? await clusterSurroundings(input, log)
    : withoutCluster(input.certificateFolder ?? '');
  const dnsNames = serviceNames(input.service, input.namespace, input.cluster);
  const bundle = await obtainBundle(
    store,
    dnsNames,
    () => new Date(),
    (message) => log.info(message),
  );

  let namespaces: NamespaceLookup | undefined;
  let published = false;
  let stopping = false;
  const metrics = createMetrics();
  const config = keepConfig(metrics, log, input.families);
  const app = createApp({
    injector: () => {
      const inForce = config.inForce();
      if (inForce === undefined) throw new Error('no version of the configuration is in force yet');
      return {
        version: input.version,
        initImage: input.initImage,
        ownNamespace: input.namespace,
        families: input.families,
        config: inForce,
      };
    },
    namespaces: async (name) => {
      if (namespaces === undefined) throw new Error('the cache of namespaces has not synced yet');
      return await namespaces(name);
    },
    tell: denialTeller({ post: postWarning, metrics, log, now: () => performance.now() }),
    metrics,
    log,
    ready: () => published && namespaces !== undefined && config.inForce() !== undefined && !stopping,
  });
  const server = await listen(app, bundle, input.port);
  log.info({ port: input.port, version: input.version, families: input.families }, 'serving');
  await Promise.all([
    publish(bundle).then(() => {
      published = true;
    }),
    watchNamespaces().then((lookup) => {
      namespaces = lookup;
    }),
    watchConfig(config.take),
  ]);
  log.info('ready');

  const signal = await nextSignal();
  stopping = true;
  log.info({ signal }, 'stopping');
  if (input.cluster) await setTimeout(lingerMilliseconds);
  server.close(() => process.exit(0));
  server.closeIdleConnections();
}

/** The names by which a certificate for the Service is checked; also `localhost` where there is no Service. */
function serviceNames(service: string, namespace: string, cluster: boolean): string[] {
  const host = `${service}.${namespace}`;
  return [`${host}.svc`, host, `${host}.svc.cluster.local`, ...(cluster ? [] : ['localhost'])];
}

async function nextSignal(): Promise<string> {
  return await new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
}

function withoutCluster(folder: string): Surroundings {
  return {
    store: folderStore(folder),
    publish: async () => undefined,
    watchNamespaces: async () => async () => ({ annotations: {} }),
    watchConfig: async (take) => void take(undefined),
    postWarning: async () => undefined,
  };
}

/** Loaded only here: the Kubernetes client costs about a second and 128 MB to import. */
async function clusterSurroundings(input: ServeInput, log: Logger): Promise<Surroundings> {
  const { connect } = await import('../cluster/connect.ts');
  return connect(input, log);
}
