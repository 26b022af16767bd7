import { X509Certificate } from 'node:crypto';
import { type JsonObject, objectOf, objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Installed, Snapshot } from './snapshot.ts';

/** One part of Outrider itself, as kubectl would name it. */
export interface PartStatus {
  readonly part: string;
  /** A few words. */
  readonly state: string;
  /** A sentence with the remedy, where something is wrong. */
  readonly problem?: string;
}

/** By which pods come to the webhook. */
const mutating = 'MutatingWebhookConfiguration';

/** A certificate is renewed when a third of its life is left: with less than a quarter, nobody renews it. */
const leastLeft = 1 / 4;

export function statusOfInjector(
  { installed, certificate }: Pick<Snapshot, 'installed' | 'certificate'>,
  at: { readonly namespace: string; readonly secret: string; readonly now: Date },
): readonly PartStatus[] {
  const parts =
    installed.kind === 'forbidden'
      ? // Who looks after pods alone need not see it.
        [{ part: 'Outrider', state: 'unknown: it may not be read' }]
      : [...lacking(installed.value, at.namespace), ...statusOfInstalled(installed.value, at.now)];
  const isThere = installed.kind === 'read' && installed.value.deployments.length > 0;
  return isThere ? [...parts, ...statusOfCertificate(certificate, at)] : parts;
}

function lacking({ deployments, configurations }: Installed, namespace: string): PartStatus[] {
  if (deployments.length === 0) {
    const problem = `there is no Outrider in the namespace ${namespace}: outrider install`;
    return [{ part: 'Deployment', state: 'missing', problem }];
  }
  if (configurations.some(({ kind }) => kind === mutating)) return [];
  const problem = `no pod comes to the webhook: outrider install writes the ${mutating}`;
  return [{ part: mutating, state: 'missing', problem }];
}

const statusOfInstalled = ({ deployments, configurations }: Installed, now: Date): PartStatus[] => [
  ...deployments.map(statusOfDeployment),
  ...configurations.map((configuration) => statusOfConfiguration(configuration, now)),
];

const nameOf = (object: JsonObject): string => String(valueAt(object, ['metadata', 'name']));

function statusOfDeployment(deployment: JsonObject): PartStatus {
  const name = nameOf(deployment);
  const wanted = Number(objectOf(deployment.spec).replicas ?? 1);
  const ready = Number(objectOf(deployment.status).readyReplicas ?? 0);
  const images = objectsOf(valueAt(deployment, ['spec', 'template', 'spec', 'containers'])).map(
    ({ image }) => image,
  );
  const part = `Deployment/${name}`;
  const state = `${ready}/${wanted} ready, ${[...new Set(images)].join(', ')}`;
  if (ready >= wanted && ready > 0) return { part, state };
  const namespace = valueAt(deployment, ['metadata', 'namespace']);
  return {
    part,
    state,
    problem: `not all replicas are ready: kubectl -n ${namespace} describe deployment ${name}`,
  };
}

function statusOfConfiguration(configuration: JsonObject, now: Date): PartStatus {
  const part = `${configuration.kind}/${nameOf(configuration)}`;
  const webhooks = objectsOf(configuration.webhooks);
  const bundles = webhooks.map((webhook) => objectOf(webhook.clientConfig).caBundle);
  if (bundles.some((bundle) => typeof bundle !== 'string' || bundle === '')) {
    const problem =
      'caBundle is not set, so the API server trusts no webhook: is one ready, and what does it log?';
    return { part, state: 'without a CA', problem };
  }
  const pem = Buffer.from(String(bundles[0] ?? ''), 'base64').toString('utf8');
  return { part, ...judgeCertificates(certificatesOf(pem), 'trusts a CA', now) };
}

function statusOfCertificate(
  certificate: Snapshot['certificate'],
  { secret, now }: { readonly secret: string; readonly now: Date },
): PartStatus[] {
  const part = `Secret/${secret}`;
  // Many may look at pods, and few at Secrets: that is nothing wrong.
  if (certificate.kind === 'forbidden') return [{ part, state: 'unknown: it may not be read' }];
  if (certificate.value === undefined) {
    return [
      {
        part,
        state: 'missing',
        problem: 'there is no certificate to serve with: what does outrider-certificates log?',
      },
    ];
  }
  return [{ part, ...judgeCertificates(certificatesOf(certificate.value), 'valid', now) }];
}

/** While a CA is replaced there are two, the old and the new: the one that lasts longest counts. */
function judgeCertificates(
  certificates: readonly X509Certificate[],
  words: string,
  now: Date,
): Pick<PartStatus, 'state' | 'problem'> {
  const [last] = certificates.toSorted((a, b) => b.validToDate.getTime() - a.validToDate.getTime());
  if (last === undefined) return { state: 'not a certificate', problem: 'it holds no certificate in PEM' };
  const [from, to] = [last.validFromDate.getTime(), last.validToDate.getTime()];
  const left = (to - now.getTime()) / (to - from);
  const date = last.validToDate.toISOString().slice(0, 10);
  if (left <= 0) return { state: `expired on ${date}`, problem: `the certificate expired on ${date}` };
  const state = `${words} until ${date}`;
  return left < leastLeft
    ? {
        state,
        problem: `the certificate expires on ${date}, and is not renewed: what does outrider-certificates log?`,
      }
    : { state };
}

function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}
