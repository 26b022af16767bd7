import { type Authority, certificateOf } from './authority.ts';
import type { ObjectFailure } from './object-failure.ts';
import type { Serving } from './serving.ts';

/** What is stored of the certificates, as one reading found it; any of it may be missing or broken. */
export interface Observed {
  readonly authority: Authority | undefined;
  readonly serving: StoredServing | undefined;
  /** The configurations by which the API server calls the webhook, of those that exist. */
  readonly configurations: readonly CaBundles[];
  /** Those that may exist and could not be read. */
  readonly unread: readonly Unread[];
}

/** A configuration of which nobody knows what it trusts. */
export interface Unread {
  readonly refuses: CaBundles['refuses'];
  readonly failure: ObjectFailure;
}

export interface StoredServing extends Serving {
  /** Until when certificates of the CAs before may be served: replicas load a new one when they see it. */
  readonly previousUntil: Date | undefined;
}

/** What a configuration trusts: a text of PEM for each of its webhooks. */
export interface CaBundles {
  readonly configuration: string;
  /** Whether pods are refused where it does not trust the webhook; the others only warn. */
  readonly refuses: boolean;
  readonly bundles: readonly string[];
}

/** That all configurations that refuse pods were seen to trust a CA, and since when without a break. */
export interface Sighting {
  readonly certificate: string;
  readonly since: Date;
}

/** The sighting after one more reading. */
export function sight(
  before: Sighting | undefined,
  { authority, configurations }: Observed,
  now: Date,
): Sighting | undefined {
  if (authority === undefined) return undefined;
  const certificate = textOf(authority);
  const all = configurations.filter(({ refuses }) => refuses).flatMap(({ bundles }) => bundles);
  if (certificate === undefined || !all.every((bundle) => bundle.includes(certificate))) return undefined;
  return before?.certificate === certificate ? before : { certificate, since: now };
}

/** As bundles have it. */
function textOf(authority: Authority): string | undefined {
  try {
    return String(certificateOf(authority));
  } catch {
    return undefined;
  }
}
