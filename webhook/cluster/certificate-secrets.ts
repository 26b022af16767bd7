import type { CoreV1Api } from '@kubernetes/client-node';
import type { Authority } from '../certificates/authority.ts';
import type { StoredServing } from '../certificates/observed.ts';
import { partNames } from '../certificates/parts.ts';
import type { Serving } from '../certificates/serving.ts';
import { sharedSecret, type Texts } from './secret.ts';

/** On the Secret of what is served: until when the CAs behind the first of `ca.crt` are trusted. */
const previousUntilAnnotation = 'outrider.io/previous-ca-until';

/** Where a Secret is without a key, the text is empty, which no certificate parser takes. */
export const servingOf = (texts: Texts): Serving => ({
  certificate: texts[partNames.certificate] ?? '',
  key: texts[partNames.key] ?? '',
  authorities: texts[partNames.authorities] ?? '',
});

export interface AuthoritySecret {
  read(): Promise<Authority | undefined>;
  write(authority: Authority): Promise<'saved' | 'conflict'>;
}

export function authoritySecret(api: CoreV1Api, namespace: string, name: string): AuthoritySecret {
  const secret = sharedSecret(api, namespace, name);
  return {
    async read() {
      const found = await secret.read();
      return found && servingOf(found.texts);
    },
    write: ({ certificate, key }) =>
      secret.write({ [partNames.certificate]: certificate, [partNames.key]: key }),
  };
}

export interface ServingSecret {
  read(): Promise<StoredServing | undefined>;
  write(serving: StoredServing): Promise<'saved' | 'conflict'>;
}

export function servingSecret(api: CoreV1Api, namespace: string, name: string): ServingSecret {
  const secret = sharedSecret(api, namespace, name);
  return {
    async read() {
      const found = await secret.read();
      if (found === undefined) return undefined;
      const until = new Date(found.annotations[previousUntilAnnotation] ?? '');
      return {
        ...servingOf(found.texts),
        previousUntil: Number.isNaN(until.getTime()) ? undefined : until,
      };
    },
    write: ({ certificate, key, authorities, previousUntil }) =>
      secret.write(
        {
          [partNames.certificate]: certificate,
          [partNames.key]: key,
          [partNames.authorities]: authorities,
        },
        // In a merge patch null removes.
        { [previousUntilAnnotation]: previousUntil?.toISOString() ?? null },
      ),
  };
}
