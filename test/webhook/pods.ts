import jsonPatch, { type Operation } from 'fast-json-patch';
import {
  type Injector,
  type Namespace,
  reviewPod,
  type Verdict,
} from '../../webhook/admission/inject-review.ts';
import type { JsonObject } from '../../webhook/admission/json.ts';
import { noConfig } from '../../webhook/decision/config.ts';

export const injector: Injector = {
  version: '0.1.0',
  initImage: 'outrider:0.1.0',
  ownNamespace: 'outrider-system',
  families: ['ipv4'],
  config: noConfig,
};

// biome-ignore lint/suspicious/noExplicitAny: a pod as a user writes it, in the tests that take it apart.
export type AnyPod = any;

/** A pod with one container; `spec` and `metadata` are merged over it, field by field. */
export function pod({ metadata = {}, spec = {} }: { metadata?: object; spec?: object } = {}): AnyPod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'shop', namespace: 'shop', ...metadata },
    spec: { containers: [{ name: 'shop', image: 'shop:1' }], ...spec },
  };
}

export const withAnnotations = (annotations: Readonly<Record<string, string>>): AnyPod =>
  pod({ metadata: { annotations } });

export interface Surroundings extends Partial<Namespace> {
  readonly injector?: Partial<Injector>;
  readonly namespace?: string;
}

/** What the webhook says of the CREATE of a pod, by default in a namespace that is labelled `enabled`. */
export function review(object: JsonObject, surroundings: Surroundings = {}): Verdict {
  const { namespace = 'shop', annotations = {}, labels = {}, revision } = surroundings;
  const label = 'label' in surroundings ? surroundings.label : 'enabled';
  return reviewPod(
    {
      uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
      operation: 'CREATE',
      namespace,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      object,
    },
    { label, revision, annotations, labels },
    { ...injector, ...surroundings.injector },
  );
}

/** The pod after the webhook's patch, which an independent implementation of RFC 6902 applies. */
export function inject(object: JsonObject, surroundings?: Surroundings): AnyPod {
  const { answer } = review(object, surroundings);
  if (answer.kind === 'allowed') return structuredClone(object);
  if (answer.kind !== 'patched') throw new Error(`${answer.kind}: ${answer.message}`);
  const operations = structuredClone(answer.operations) as Operation[];
  return jsonPatch.applyPatch(structuredClone(object), operations, true, false).newDocument;
}

/** The reason for which the pod is denied. */
export function denial(object: JsonObject, surroundings?: Surroundings): string {
  const { answer } = review(object, surroundings);
  if (answer.kind !== 'denied') throw new Error(`${answer.kind}, not denied`);
  return answer.message;
}

export const byName = (items: AnyPod[], name: string): AnyPod => items.find((one) => one.name === name);

/** The pod without all that injection adds. */
export function withoutOurs(injected: AnyPod): AnyPod {
  const rest = structuredClone(injected);
  const names = ['outrider-proxy', 'outrider-init'];
  rest.spec.initContainers = rest.spec.initContainers.filter(({ name }: AnyPod) => !names.includes(name));
  rest.spec.volumes = rest.spec.volumes.filter(({ name }: AnyPod) => name !== 'outrider-run');
  const { annotations } = rest.metadata;
  delete annotations['outrider.io/status'];
  const key = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';
  if (annotations[key] === 'outrider-run') delete annotations[key];
  return rest;
}

const token = {
  name: 'kube-api-access-x7k2p',
  readOnly: true,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
};

/** What the ServiceAccount plugin makes of a pod: a volume, and its mount in every container that lacks one. */
export function withServiceAccountToken(object: AnyPod): AnyPod {
  const mounted = structuredClone(object);
  const { containers, initContainers = [] } = mounted.spec;
  for (const container of [...containers, ...(initContainers ?? [])]) {
    const mounts = container.volumeMounts ?? [];
    if (mounts.some(({ mountPath }: AnyPod) => mountPath === token.mountPath)) continue;
    container.volumeMounts = [...mounts, { ...token }];
  }
  const volumes = mounted.spec.volumes ?? [];
  if (!volumes.some(({ name }: AnyPod) => name === token.name)) {
    const sources = [{ serviceAccountToken: { path: 'token', expirationSeconds: 3607 } }];
    mounted.spec.volumes = [...volumes, { name: token.name, projected: { sources, defaultMode: 420 } }];
  }
  return mounted;
}
