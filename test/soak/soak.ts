import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { readCertificates } from '../../webhook/certificates/pem.ts';
import type { Request } from '../cluster/api.ts';
import { readBundles, readSerials } from '../cluster/certificate-state.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { podManifest } from '../cluster/pods.ts';
import { until } from '../cluster/polling.ts';

/** What was seen while certificates that live for two minutes took turns. */
export interface Soaked {
  readonly seconds: number;
  /** Pods that the API server had reviewed, and what it said of those that did not get their proxy. */
  readonly reviews: number;
  readonly refusals: string[];
  /** Connections to replicas, each with trust in what caBundle said just before; and why some were refused. */
  readonly handshakes: number;
  readonly distrusted: string[];
  readonly certificates: number;
  readonly authorities: number;
  /** The most CAs that one caBundle had at a time. */
  readonly mostTrusted: number;
}

const own = ['-n', 'outrider-system'];
const deployment = 'deployment/outrider-certificates';
const betweenReviews = 200;
const betweenLooks = 500;

/**
 * Lets certificates and CAs live for two minutes, kept by two replicas; has pods reviewed meanwhile, and connects to the
 * webhook as an API server does that has never seen it before.
 *
 * @param midway called at half-time.
 */
export async function soak(
  cluster: Cluster,
  api: Request,
  seconds: number,
  midway: () => Promise<void> = async () => undefined,
): Promise<Soaked> {
  await setLives(cluster, 2, ['--lifetime=2m', '--ca-lifetime=2m']);
  try {
    return await watchRotation(cluster, api, seconds, midway);
  } finally {
    await setLives(cluster, 1, []);
  }
}

/** Has all be issued anew, by so many replicas and with these lives. */
async function setLives(cluster: Cluster, replicas: number, flags: readonly string[]): Promise<void> {
  const patch = [
    {
      op: 'replace',
      path: '/spec/template/spec/containers/0/args',
      value: ['certificates', ...flags],
    },
    { op: 'replace', path: '/spec/replicas', value: replicas },
  ];
  await kubectl(cluster, [...own, 'patch', deployment, '--type=json', '-p', JSON.stringify(patch)]);
  await kubectl(cluster, [...own, 'rollout', 'status', '--timeout=120s', deployment]);
  // Those of the lives before may be about to end.
  const pods = ['get', 'pods', '-l', 'app.kubernetes.io/component=certificates', '-o', 'name'];
  await until(
    async () => (await kubectl(cluster, [...own, ...pods])).split('\n').length === replicas,
    AbortSignal.timeout(60_000),
  );
  const before = await readSerials(cluster);
  await kubectl(cluster, [...own, 'delete', 'secret', 'outrider-ca']);
  await until(async () => {
    const { ca, serving } = await readSerials(cluster);
    return ca !== undefined && ca !== before.ca && serving !== before.serving;
  }, AbortSignal.timeout(60_000));
}

async function watchRotation(
  cluster: Cluster,
  api: Request,
  seconds: number,
  midway: () => Promise<void>,
): Promise<Soaked> {
  const started = performance.now();
  const isOver = (): boolean => performance.now() - started > seconds * 1000;
  const refusals: string[] = [];
  const distrusted: string[] = [];
  const certificates = new Set<string>();
  const authorities = new Set<string>();
  let reviews = 0;
  let handshakes = 0;
  let mostTrusted = 0;

  const review = async (): Promise<void> => {
    const pod = podManifest({ name: 'soaked', labels: { 'outrider.io/inject': 'true' } });
    for (; !isOver(); await sleep(betweenReviews)) {
      const { status, text } = await api('POST', '/api/v1/namespaces/default/pods?dryRun=All', pod);
      reviews += 1;
      if (status !== 201 || !text.includes('outrider-proxy')) refusals.push(text.slice(0, 300));
    }
  };
  const look = async (): Promise<void> => {
    for (; !isOver(); await sleep(betweenLooks)) {
      const hosts = await readyReplicas(cluster);
      const bundles = await readBundles(cluster);
      for (const bundle of bundles) {
        const trusted = readCertificates(bundle);
        mostTrusted = Math.max(mostTrusted, trusted.length);
        for (const { serialNumber } of trusted) authorities.add(serialNumber);
      }
      for (const host of hosts) {
        handshakes += 1;
        const shown = await shake(host, bundles[0] ?? '');
        if (typeof shown === 'string') distrusted.push(shown);
        else certificates.add(shown.serialNumber);
      }
    }
  };
  const disturb = async (): Promise<void> => {
    await sleep(seconds * 500);
    await midway();
  };
  await Promise.all([review(), look(), disturb()]);
  return {
    seconds,
    reviews,
    refusals,
    handshakes,
    distrusted,
    certificates: certificates.size,
    authorities: authorities.size,
    mostTrusted,
  };
}

async function readyReplicas(cluster: Cluster): Promise<string[]> {
  const slices = ['get', 'endpointslices', '-l', 'kubernetes.io/service-name=outrider-webhook'];
  const list = JSON.parse(await kubectl(cluster, [...own, ...slices, '-o', 'json']));
  const ipv4 = list.items.filter(({ addressType }: { addressType: string }) => addressType === 'IPv4');
  return ipv4.flatMap(
    ({ endpoints }: { endpoints: { addresses: string[]; conditions: { ready: boolean } }[] }) =>
      (endpoints ?? []).flatMap(({ addresses, conditions }) => (conditions.ready ? addresses : [])),
  );
}

/** The certificate that is shown, or why it is not trusted. */
async function shake(host: string, ca: string): Promise<X509Certificate | string> {
  const servername = 'outrider-webhook.outrider-system.svc';
  const socket = connect({ host, port: 8443, servername, ca });
  try {
    await once(socket, 'secureConnect');
    return new X509Certificate(socket.getPeerCertificate().raw);
  } catch (error) {
    return error instanceof Error ? `${host}: ${error.message}` : String(error);
  } finally {
    socket.destroy();
  }
}
