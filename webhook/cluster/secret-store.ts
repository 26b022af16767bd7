import type { CoreV1Api, V1Secret } from '@kubernetes/client-node';
import { type CertificateBundle, partNames } from '../certificates/bundle.ts';
import type { CertificateStore } from '../certificates/obtain.ts';
import { unless } from './unless.ts';

/** Keeps the bundle in a Secret. The resourceVersion makes a save fail when another replica has saved since. */
export function secretStore(api: CoreV1Api, namespace: string, name: string): CertificateStore {
  return {
    async load() {
      const secret = await unless(404, api.readNamespacedSecret({ namespace, name }));
      if (secret === undefined) return undefined;
      return { bundle: decode(secret), version: secret.metadata?.resourceVersion ?? '' };
    },
    async save(bundle, version) {
      const body: V1Secret = {
        metadata: { name, namespace, ...(version !== undefined && { resourceVersion: version }) },
        type: 'Opaque',
        data: encode(bundle),
      };
      const saved =
        version === undefined
          ? api.createNamespacedSecret({ namespace, body })
          : api.replaceNamespacedSecret({ namespace, name, body });
      return (await unless(409, saved)) === undefined ? 'conflict' : 'saved';
    },
  };
}

function encode(bundle: CertificateBundle): Record<string, string> {
  const entries = Object.entries(partNames) as [keyof CertificateBundle, string][];
  return Object.fromEntries(
    entries.map(([field, key]) => [key, Buffer.from(bundle[field]).toString('base64')]),
  );
}

/** A missing key becomes an empty text, which no certificate parser takes: the bundle is then replaced. */
function decode({ data = {} }: V1Secret): CertificateBundle {
  const entries = Object.entries(partNames).map(([field, key]) => [
    field,
    Buffer.from(data[key] ?? '', 'base64').toString('utf8'),
  ]);
  return Object.fromEntries(entries) as CertificateBundle;
}
