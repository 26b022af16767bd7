import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { readCertificates } from '../../webhook/certificates/pem.ts';
import { ownNamespace, readBundles } from '../cluster/certificate-state.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';

/** New connections to replicas, each with trust in what caBundle said just before, as an API server's that starts. */
export interface Handshakes {
  readonly made: number;
  /** To replicas that ended just then. */
  readonly unreached: number;
  /** Why the certificate was not trusted at first, and why it still was not five seconds later. */
  readonly doubted: readonly string[];
  readonly distrusted: readonly string[];
  readonly certificates: number;
  readonly authorities: number;
  /** The most CAs that one caBundle had at a time. */
  readonly mostTrusted: number;
}

type Shown =
  | { readonly kind: 'trusted'; readonly serial: string }
  | { readonly kind: 'distrusted'; readonly why: string }
  | { readonly kind: 'unreached' };

const betweenLooks = 500;
const patience = 5_000;
const longestHandshake = 3_000;

export async function keepShaking(cluster: Cluster, isOver: () => boolean): Promise<Handshakes> {
  const certificates = new Set<string>();
  const authorities = new Set<string>();
  const doubted: string[] = [];
  const distrusted: string[] = [];
  let [made, unreached, mostTrusted] = [0, 0, 0];

  const trusted = async (): Promise<string> => {
    const bundles = await readBundles(cluster);
    for (const bundle of bundles) {
      const all = readCertificates(bundle);
      mostTrusted = Math.max(mostTrusted, all.length);
      for (const { serialNumber } of all) authorities.add(serialNumber);
    }
    return bundles[0] ?? '';
  };
  const visit = async (host: string): Promise<void> => {
    const began = performance.now();
    for (let first = true; ; first = false) {
      const shown = await shake(host, await trusted());
      made += 1;
      if (shown.kind === 'unreached') unreached += 1;
      if (shown.kind === 'trusted') certificates.add(shown.serial);
      if (shown.kind !== 'distrusted') return;
      if (first) doubted.push(shown.why);
      if (performance.now() - began > patience) return void distrusted.push(shown.why);
      await sleep(betweenLooks);
    }
  };
  for (; !isOver(); await sleep(betweenLooks)) {
    for (const host of await readyReplicas(cluster)) await visit(host);
  }
  const sizes = { certificates: certificates.size, authorities: authorities.size, mostTrusted };
  return { made, unreached, doubted, distrusted, ...sizes };
}

async function readyReplicas(cluster: Cluster): Promise<string[]> {
  const slices = ['get', 'endpointslices', '-l', 'kubernetes.io/service-name=outrider-webhook'];
  const list = JSON.parse(await kubectl(cluster, [...ownNamespace, ...slices, '-o', 'json']));
  const ipv4 = list.items.filter(({ addressType }: { addressType: string }) => addressType === 'IPv4');
  return ipv4.flatMap(
    ({ endpoints }: { endpoints: { addresses: string[]; conditions: { ready: boolean } }[] }) =>
      (endpoints ?? []).flatMap(({ addresses, conditions }) => (conditions.ready ? addresses : [])),
  );
}

async function shake(host: string, ca: string): Promise<Shown> {
  const servername = 'outrider-webhook.outrider-system.svc';
  const socket = connect({ host, port: 8443, servername, ca });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(longestHandshake) });
    return {
      kind: 'trusted',
      serial: new X509Certificate(socket.getPeerCertificate().raw).serialNumber,
    };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    // What the kernel or our own patience says of the way, and not OpenSSL of the certificate.
    if (/^(ECONN|EHOST|ENET|ETIMEDOUT|EPIPE|ABORT_ERR)/.test(code)) return { kind: 'unreached' };
    return { kind: 'distrusted', why: message };
  } finally {
    socket.on('error', () => undefined);
    socket.destroy();
  }
}
