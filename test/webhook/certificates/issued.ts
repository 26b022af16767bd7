import type { CertificateBundle } from '../../../webhook/certificates/bundle.ts';
import { issueBundle } from '../../../webhook/certificates/issue.ts';

export const names = ['outrider-webhook.outrider-system.svc', 'localhost'];
export const start = new Date('2026-03-01T12:00:00Z');

let issued: [CertificateBundle, CertificateBundle] | undefined;

/** Two bundles for the same names, by two CAs; made once, since keys take a while. */
export function twoBundles(): [CertificateBundle, CertificateBundle] {
  issued ??= [issueBundle(names, start), issueBundle(names, start)];
  return issued;
}

export const minutes = (count: number): Date => new Date(start.getTime() + count * 60_000);
