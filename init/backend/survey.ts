import type { Family } from '../../settings/cidr.ts';
import { InitError } from '../init-error.ts';
import { hasLegacyTables, readHost, readSaved, type SavedText } from '../iptables/kernel.ts';
import { type FamilyState, isAbsent, type Variant } from '../iptables/plan.ts';
import { readOurTable } from '../nftables/kernel.ts';
import type { FamilyHost } from '../nftables/plan.ts';
import type { NftTable } from '../nftables/read-table.ts';
import { type Backend, type BackendChoice, backends, type Findings } from './backend.ts';

/** What there is of ours, in all backends. */
export interface Survey {
  readonly hosts: readonly FamilyHost[];
  /** Of each iptables that could be read, and each family. */
  readonly iptables: Readonly<Record<'nft' | 'legacy', readonly FamilyState[]>>;
  /** undefined where there is none. */
  readonly table: NftTable | undefined;
  readonly findings: Findings;
  /** Why a backend is not usable. */
  readonly problems: ReadonlyMap<Backend, InitError>;
}

/**
 * Looks at all backends, whichever is chosen: another one may still hold rules of ours. Side by side run one process
 * for each family, one for nft, and none for an older iptables that has no table. `routing` says whether routes of ours
 * are expected. Of `others`, families that are not asked for, it takes what can be read: there may be rules of an earlier run.
 * @throws InitError `family-missing`
 */
export async function takeSurvey(
  choice: BackendChoice,
  asked: readonly Family[],
  routing: boolean,
  others: readonly Family[] = [],
): Promise<Survey> {
  const families = [...asked, ...others];
  const [ofNft, ofLegacy, ofTable] = await Promise.all([
    Promise.all(families.map((family) => attempt(readNft(family, choice)))),
    Promise.all(families.map((family) => attempt(readLegacy(family)))),
    attempt(readOurTable()),
  ]);
  const [nft, legacy] = [ofNft.flatMap(found), ofLegacy.flatMap(found)];
  const [table] = found(ofTable);
  const chains = [
    ...[...nft, ...legacy].flatMap(({ saved }) => saved.chains),
    ...(table?.rules ?? []).map(({ chain }) => chain),
  ];
  const look = routing || chains.includes('OUTRIDER_IN_TPROXY');
  const hosts = await Promise.all(
    families.map(async (family) => ({ family, ...(await readHost(family, look)) })),
  );
  const states = (reads: readonly Read[]): readonly FamilyState[] =>
    reads.flatMap(({ family, variant, saved }) =>
      hosts.flatMap((host) => (host.family === family ? [{ variant, ...host, ...saved }] : [])),
    );
  const iptables = { nft: states(nft), legacy: states(legacy) };
  const holds = (backend: Backend): boolean =>
    backend === 'nftables' ? table !== undefined : iptables[backend].some((state) => !isAbsent(state));
  const problems = firstProblems({
    nft: ofNft.slice(0, asked.length),
    legacy: ofLegacy.slice(0, asked.length),
    nftables: [ofTable],
  });
  const findings = {
    ours: backends.filter(holds),
    foreignLegacy: legacy.some(({ foreign }) => foreign),
    usable: backends.filter((backend) => !problems.has(backend)),
  };
  return { hosts, iptables, table, findings, problems };
}

interface Read extends SavedText {
  readonly family: Family;
  readonly variant: Variant;
}

/** Where no iptables is called -nft, the one without a name is the only one. */
async function readNft(family: Family, choice: BackendChoice): Promise<Read> {
  try {
    return { family, variant: '-nft', ...(await readSaved(family, '-nft')) };
  } catch (error) {
    if (choice === 'nft' || !(error instanceof InitError) || error.code !== 'tool-missing') throw error;
    return { family, variant: '', ...(await readSaved(family, '')) };
  }
}

async function readLegacy(family: Family): Promise<Read> {
  const variant = '-legacy';
  const nothing = { saved: { chains: [], rules: [], jumps: [] }, foreign: false };
  return { family, variant, ...(hasLegacyTables(family) ? await readSaved(family, variant) : nothing) };
}

type Attempt<T> = { readonly value: T } | { readonly error: InitError };

async function attempt<T>(work: Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work };
  } catch (error) {
    if (error instanceof InitError) return { error };
    throw error;
  }
}

const found = <T>(one: Attempt<T>): readonly T[] => ('value' in one ? [one.value] : []);

const firstProblems = (
  attempts: Readonly<Record<Backend, readonly Attempt<unknown>[]>>,
): ReadonlyMap<Backend, InitError> =>
  new Map(
    backends.flatMap((backend) => {
      const failed = attempts[backend].flatMap((one) => ('error' in one ? [one.error] : []));
      return failed.slice(0, 1).map((error) => [backend, error] as const);
    }),
  );

/** Why rules of ours could be there unseen. A kernel that refuses both iptables-nft and nft has no nf_tables at all. */
export function blindSpot({ problems, iptables }: Survey): InitError | undefined {
  const [nft, nftables] = [problems.get('nft'), problems.get('nftables')];
  if (nft?.code === 'refused' && nftables?.code !== 'refused') return nft;
  if (nft !== undefined && nftables !== undefined && iptables.nft.length === 0) {
    return iptables.legacy.some((state) => !isAbsent(state)) ? undefined : nft;
  }
  return problems.get('legacy');
}
