import { type CoreV1Api, PatchStrategy, setHeaderOptions, type V1Secret } from '@kubernetes/client-node';
import { onObject } from './on-object.ts';
import { unless } from './unless.ts';

/** The texts of a Secret by their keys. */
export type Texts = Readonly<Record<string, string>>;

/** One Secret that several replicas write. All of it throws ObjectFailure. */
export interface SharedSecret {
  /** What it holds now; `undefined` where there is none. */
  read(): Promise<{ readonly texts: Texts; readonly annotations: Texts } | undefined>;
  /** Writes over what was read last; `conflict` where it has changed since, or came, or went. */
  write(texts: Texts, annotations?: Readonly<Record<string, string | null>>): Promise<'saved' | 'conflict'>;
}

const labels = { 'app.kubernetes.io/name': 'outrider', 'app.kubernetes.io/part-of': 'outrider' };

/** Keys that versions before wrote, and that are to be seen nowhere: the CA's key has a Secret of its own. */
const gone = { 'ca.key': null };

export function sharedSecret(api: CoreV1Api, namespace: string, name: string): SharedSecret {
  const title = `Secret/${name}`;
  let version: string | undefined;

  const create = (texts: Texts, annotations: Readonly<Record<string, string | null>>): Promise<V1Secret> => {
    const kept = Object.entries(annotations).filter((entry): entry is [string, string] => entry[1] !== null);
    const body = {
      metadata: { name, namespace, labels, annotations: Object.fromEntries(kept) },
      type: 'kubernetes.io/tls',
      data: encode(texts),
    };
    return api.createNamespacedSecret({ namespace, body });
  };
  // A merge patch leaves labels and annotations of others, and the type, which nobody can change.
  const patch = (
    texts: Texts,
    annotations: Readonly<Record<string, string | null>>,
  ): Promise<V1Secret | undefined> => {
    const body = { metadata: { resourceVersion: version, annotations }, data: { ...encode(texts), ...gone } };
    const strategy = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    return unless(404, api.patchNamespacedSecret({ namespace, name, body }, strategy));
  };

  return {
    async read() {
      const secret = await onObject('get', title, unless(404, api.readNamespacedSecret({ namespace, name })));
      version = secret?.metadata?.resourceVersion;
      return secret && { texts: decode(secret), annotations: secret.metadata?.annotations ?? {} };
    },
    async write(texts, annotations = {}) {
      const [verb, call] =
        version === undefined
          ? (['create', create(texts, annotations)] as const)
          : (['patch', patch(texts, annotations)] as const);
      const saved = await onObject(verb, title, unless<V1Secret | undefined>(409, call));
      return saved === undefined ? 'conflict' : 'saved';
    },
  };
}

export function decode({ data = {} }: Pick<V1Secret, 'data'>): Texts {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

function encode(texts: Texts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
  );
}
