import { type CertificateBundle, findFlaw } from './bundle.ts';
import { CertificateError } from './certificate-error.ts';
import { issueBundle } from './issue.ts';

/** Where the bundle is kept, shared by all replicas. `version` is what a later save must find unchanged. */
export interface CertificateStore {
  load(): Promise<{ readonly bundle: CertificateBundle; readonly version: string } | undefined>;
  /** Creates (no version) or replaces the bundle; `conflict` when another replica was first. */
  save(bundle: CertificateBundle, version: string | undefined): Promise<'saved' | 'conflict'>;
}

/** Every conflict means that another replica made progress, so a few rounds are plenty. */
const rounds = 10;

/**
 * The bundle of the store, when it can serve `dnsNames`; otherwise a new one, saved. Replicas that start together
 * end with the same one: who loses the race reads what the winner saved.
 */
export async function obtainBundle(
  store: CertificateStore,
  dnsNames: readonly string[],
  now: () => Date,
  report: (message: string) => void,
): Promise<CertificateBundle> {
  for (let round = 0; round < rounds; round += 1) {
    const stored = await store.load();
    const flaw = stored && findFlaw(stored.bundle, dnsNames, now());
    if (stored && flaw === undefined) return stored.bundle;
    report(flaw === undefined ? 'no certificate yet: issuing one' : `replacing the certificate: ${flaw}`);
    const bundle = issueBundle(dnsNames, now());
    if ((await store.save(bundle, stored?.version)) === 'saved') return bundle;
  }
  throw new CertificateError('contended', `the certificate was changed by others ${rounds} times in a row`);
}
