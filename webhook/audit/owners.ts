import type { Finding } from './finding.ts';

/** A workload whose pods its controller makes anew one after another. */
export interface Owner {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly namespace: string;
  readonly name: string;
}

/** An owner of pods that a restart may heal. */
export interface Ailing {
  readonly owner: Owner;
  /** Why it is to be restarted, in words that are the same for the same trouble. */
  readonly reason: string;
  /** Its pods in trouble, those with the oldest first. */
  readonly findings: readonly (Finding & { readonly since: number })[];
}

/** A pod that would be refused is better left alive; whether a proxy that is left over should go, a person decides. */
const healable: readonly Finding['state'][] = ['missing', 'outdated'];

/** Those that have to be made anew, those with the oldest trouble first. */
export function findAiling(findings: Iterable<Finding & { readonly since: number }>): readonly Ailing[] {
  const byOwner = new Map<string, { owner: Owner; findings: (Finding & { since: number })[] }>();
  for (const finding of findings) {
    const owner = healable.includes(finding.state) ? ownerOf(finding) : undefined;
    if (owner === undefined) continue;
    const known = byOwner.get(nameOfOwner(owner));
    if (known) known.findings.push(finding);
    else byOwner.set(nameOfOwner(owner), { owner, findings: [finding] });
  }
  const ailing = [...byOwner.values()].map(({ owner, findings }) => {
    const [first, ...others] = findings.sort((a, b) => a.since - b.since || compare(a.pod, b.pod));
    return { owner, reason: first ? reasonOf(first) : '', findings: first ? [first, ...others] : [] };
  });
  return ailing.sort(
    (a, b) =>
      (a.findings[0]?.since ?? 0) - (b.findings[0]?.since ?? 0) ||
      compare(nameOfOwner(a.owner), nameOfOwner(b.owner)),
  );
}

export const reasonOf = ({ state, message }: Pick<Finding, 'state' | 'message'>): string =>
  `${state}: ${message}`;

export const nameOfOwner = ({ kind, namespace, name }: Owner): string => `${namespace}/${kind}/${name}`;

/** Nothing makes the pods of a Job or of a bare ReplicaSet anew, and those of other kinds are others' to know. */
function ownerOf({ namespace, controller, templateHash }: Finding): Owner | undefined {
  if (controller?.apiVersion !== 'apps/v1') return undefined;
  const { kind, name } = controller;
  if (kind === 'StatefulSet' || kind === 'DaemonSet') return { kind, namespace, name };
  // A Deployment calls its ReplicaSet after itself and the template.
  const ending = `-${templateHash}`;
  if (kind !== 'ReplicaSet' || !name.endsWith(ending)) return undefined;
  return { kind: 'Deployment', namespace, name: name.slice(0, -ending.length) };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
