/** What writes the rules: the iptables that speaks nf_tables, the older one, or nft itself. */
export type Backend = 'nft' | 'legacy' | 'nftables';

export type BackendChoice = Backend | 'auto';

/** The ones to fall back to stand behind: `nft` is what most of a pod's neighbours use, and sees their rules. */
export const backends: readonly Backend[] = ['nft', 'nftables', 'legacy'];

/** What a look at the kernel and at the installed programs has found. */
export interface Findings {
  /** Those that hold rules of ours. Several when a change from one to another was cut short. */
  readonly ours: readonly Backend[];
  /** Whether the older iptables holds rules of others. */
  readonly foreignLegacy: boolean;
  /** Those whose programs are there, and could read the kernel's rules. */
  readonly usable: readonly Backend[];
}

/**
 * The backends to try, best first. What holds our rules already keeps them, so that an update replaces them. Beside
 * rules of others in the older iptables, ours go there too: of two NATs, the user sees one.
 */
export function candidates(
  choice: BackendChoice,
  { ours, foreignLegacy, usable }: Findings,
): readonly Backend[] {
  if (choice !== 'auto') return [choice];
  const present = backends.filter((backend) => ours.includes(backend) && usable.includes(backend));
  if (present.length > 0) return present.slice(0, 1);
  const order: readonly Backend[] = foreignLegacy ? ['legacy', 'nft', 'nftables'] : backends;
  return order.filter((backend) => usable.includes(backend));
}
