import type { X509Certificate } from 'node:crypto';
import { certificateOf, findAuthorityFlaw } from './authority.ts';
import { issuedAt } from './issue.ts';
import type { Observed, Sighting, StoredServing } from './observed.ts';
import { writeCertificates } from './pem.ts';
import { authoritiesOf, findServingFlaw, isSignedBy, leafOf } from './serving.ts';

/** What the certificates should be like. */
export interface Policy {
  readonly dnsNames: readonly string[];
  /** Of the certificate that is served, in milliseconds. */
  readonly life: number;
  /** Of the CA, in milliseconds. */
  readonly authorityLife: number;
  /** `given`: the CA is its owner's to replace. */
  readonly authority: 'own' | 'given';
  /** From 0 to 1, this replica's own: replicas come one after another to what is due. */
  readonly spread: number;
}

export type Step =
  | { readonly kind: 'issue-authority'; readonly reason: string }
  /** Writes the bundle into the configurations that differ. */
  | { readonly kind: 'publish'; readonly bundle: string }
  | {
      readonly kind: 'issue-serving';
      readonly reason: string;
      /** The CAs that go on being trusted until then, beside the one that signs. */
      readonly previous: string;
      readonly previousUntil: Date | undefined;
    };

/** What to do now; what comes after it, the next reading tells. */
export interface Plan {
  /** None waits for another one: what one configuration refuses does not keep a certificate from being renewed. */
  readonly steps: readonly Step[];
  /** When to look again, if nothing changes before. */
  readonly until: Date | undefined;
  /** Why nothing can be signed: the CA was given, and is not of use. */
  readonly problem: string | undefined;
}

/** API servers take a moment to learn of a caBundle that one of them has confirmed, in milliseconds. */
export const settle = 10_000;

/**
 * The way to certificates as they should be. Its order is what keeps every certificate that is served trusted:
 *
 *     1. a new CA         is stored while certificates of the one before it go on being served
 *     2. caBundle         trusts both, in every configuration, and has for a moment
 *     3. a certificate    of the new CA is stored, and replicas load it
 *     4. caBundle         trusts the new CA alone, once no certificate of the one before can be served
 *
 * While a configuration that refuses pods cannot be read, nobody knows whom it trusts: the CA stays, as long as it can
 * sign, and certificates of it are renewed.
 *
 * @param sighting of the CA that is stored.
 */
export function plan(observed: Observed, sighting: Sighting | undefined, policy: Policy, now: Date): Plan {
  const authority = usableAuthority(observed, now);
  if (policy.authority === 'own') {
    const reason =
      authority.kind === 'unusable'
        ? authority.problem
        : isBlind(observed)
          ? undefined
          : worn(authority.certificate, policy, now);
    if (reason !== undefined) {
      return { steps: [{ kind: 'issue-authority', reason }], until: undefined, problem: undefined };
    }
  }

  const current = authority.kind === 'usable' ? authority.certificate : undefined;
  const previous = previousAuthorities(observed.serving, current, now);
  const bundle = writeCertificates([...(current ? [current] : []), ...previous]);
  const differs = observed.configurations.some(({ bundles }) => bundles.some((one) => one !== bundle));
  const publish: Step[] = differs && bundle !== '' ? [{ kind: 'publish', bundle }] : [];
  if (authority.kind === 'unusable') return { steps: publish, until: undefined, problem: authority.problem };

  const { issue, until } = planServing(observed, authority.certificate, previous, sighting, policy, now);
  const wake = Math.min(...until.map(Number));
  return {
    steps: [...publish, ...(issue ? [issue] : [])],
    until: Number.isFinite(wake) ? new Date(wake) : undefined,
    problem: undefined,
  };
}

/** Whether some configuration that refuses pods may trust another CA than those that were read. */
const isBlind = ({ unread }: Observed): boolean => unread.some(({ refuses }) => refuses);

function planServing(
  observed: Observed,
  authority: X509Certificate,
  previous: readonly X509Certificate[],
  sighting: Sighting | undefined,
  policy: Policy,
  now: Date,
): { readonly issue?: Step; readonly until: readonly Date[] } {
  const { serving } = observed;
  const flaw = findFlaw(serving, [authority, ...previous], policy, now);
  const leaf = serving && flaw === undefined ? leafOf(serving) : undefined;
  const isOurs = leaf !== undefined && isSignedBy(leaf, authority);
  const previousUntil = isOurs ? serving?.previousUntil : new Date(now.getTime() + policy.life);
  const issue = (reason: string): Step => ({
    kind: 'issue-serving',
    reason,
    previous: writeCertificates(previous),
    previousUntil: previous.length === 0 ? undefined : previousUntil,
  });

  if (!isOurs) {
    if (sighting === undefined) return { until: [] };
    // Where nobody can serve what is stored, there is nothing to keep working meanwhile.
    if (leaf === undefined) return { issue: issue(flaw ?? ''), until: [] };
    if (isBlind(observed)) return { until: [leaf.validToDate] };
    const settled = new Date(sighting.since.getTime() + settle);
    return now < settled ? { until: [settled] } : { issue: issue('the CA is a new one'), until: [] };
  }
  const isToBeReplaced = policy.authority === 'own' && !isBlind(observed);
  const until = [isToBeReplaced ? dueAt(authority, policy.spread) : authority.validToDate];
  if (previous.length > 0 && previousUntil) until.push(previousUntil);
  // A certificate ends with its CA: one that does so already would only be replaced by its like.
  if (leaf.validToDate >= authority.validToDate) return { until };
  const reason = worn(leaf, policy, now);
  return reason === undefined
    ? { until: [...until, dueAt(leaf, policy.spread)] }
    : { issue: issue(reason), until };
}

/** Why what is stored is of no use to whoever trusts these CAs. */
function findFlaw(
  serving: StoredServing | undefined,
  trusted: readonly X509Certificate[],
  { dnsNames }: Policy,
  now: Date,
): string | undefined {
  if (serving === undefined) return 'there is none';
  const flaw = findServingFlaw(serving, dnsNames, now);
  if (flaw !== undefined) return flaw;
  return trusted.some((one) => isSignedBy(leafOf(serving), one))
    ? undefined
    : 'no CA has signed it that is known';
}

const worn = (certificate: X509Certificate, { spread }: Policy, now: Date): string | undefined =>
  now >= dueAt(certificate, spread) ? 'two thirds of its life are over' : undefined;

/**
 * When a certificate of ours is renewed: after two thirds of its life, and up to a twentieth of it later. The third
 * that remains is for what may fail.
 */
export function dueAt(certificate: X509Certificate, spread: number): Date {
  const issued = issuedAt(certificate).getTime();
  const life = certificate.validToDate.getTime() - issued;
  return new Date(issued + life * (2 / 3 + spread / 20));
}

type Usable =
  | { readonly kind: 'usable'; readonly certificate: X509Certificate }
  | { readonly kind: 'unusable'; readonly problem: string };

function usableAuthority({ authority }: Observed, now: Date): Usable {
  if (authority === undefined) return { kind: 'unusable', problem: 'there is none' };
  const problem = findAuthorityFlaw(authority, now);
  if (problem !== undefined) return { kind: 'unusable', problem };
  return { kind: 'usable', certificate: certificateOf(authority) };
}

/** The CAs beside the current one whose certificates may still be served. */
function previousAuthorities(
  serving: StoredServing | undefined,
  current: X509Certificate | undefined,
  now: Date,
): X509Certificate[] {
  if (serving === undefined) return [];
  const others = authoritiesOf(serving).filter(
    (one) => one.validToDate > now && !(current && one.raw.equals(current.raw)),
  );
  const stillServed = serving.previousUntil !== undefined && now < serving.previousUntil;
  if (stillServed || current === undefined || !servesOf(serving, current)) return others;
  return [];
}

/** Whether what is stored to be served is of this CA. What cannot be read is of none. */
function servesOf(serving: StoredServing, authority: X509Certificate): boolean {
  try {
    return isSignedBy(leafOf(serving), authority);
  } catch {
    return false;
  }
}
