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
 * Looks at all backends, whichever is chosen: another one may still hold rules of ours. One process for each family,
 * one for nft, and none for an older iptables that has no table. `routing` says whether routes of ours are expected.
 * Of `others`, families that are not asked for, it takes what can be read: there may be rules of an earlier run.
 * @throws InitError `family-missing`
 */
export function takeSurvey(
  choice: BackendChoice,
  asked: readonly Family[],
  routing: boolean,
  others: readonly Family[] = [],
): Survey {
  const families = [...asked, ...others];
  const problems = new Map<Backend, InitError>();
  const read = <T>(backend: Backend, work: () => T): T | undefined => attempt(backend, problems, work);
  const table = read('nftables', readOurTable);
  const readFamily = (backend: Backend, family: Family, work: () => Read): readonly Read[] =>
    [attempt(backend, asked.includes(family) ? problems : new Map(), work)].flatMap((one) => one ?? []);
  const nft = families.flatMap((family) => readFamily('nft', family, () => readNft(family, choice)));
  const legacy = families.flatMap((family) => readFamily('legacy', family, () => readLegacy(family)));
  const look =
    routing ||
    [...nft, ...legacy].some(({ saved }) => saved.chains.includes('OUTRIDER_IN_TPROXY')) ||
    table?.rules.some(({ chain }) => chain === 'OUTRIDER_IN_TPROXY') === true;
  const hosts = families.map((family) => ({ family, ...readHost(family, look) }));
  const states = (saved: readonly Read[]): readonly FamilyState[] =>
    saved.flatMap(({ family, variant, saved }) =>
      hosts.flatMap((host) => (host.family === family ? [{ variant, ...host, ...saved }] : [])),
    );
  const iptables = { nft: states(nft), legacy: states(legacy) };
  const present = { ...iptables, nftables: [] };
  const holds = (backend: Backend): boolean =>
    backend === 'nftables' ? table !== undefined : present[backend].some((state) => !isAbsent(state));
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
function readNft(family: Family, choice: BackendChoice): Read {
  try {
    return { family, variant: '-nft', ...readSaved(family, '-nft') };
  } catch (error) {
    if (choice === 'nft' || !(error instanceof InitError) || error.code !== 'tool-missing') throw error;
    return { family, variant: '', ...readSaved(family, '') };
  }
}

function readLegacy(family: Family): Read {
  const variant = '-legacy';
  const nothing = { saved: { chains: [], rules: [], jumps: [] }, foreign: false };
  return { family, variant, ...(hasLegacyTables(family) ? readSaved(family, variant) : nothing) };
}

function attempt<T>(backend: Backend, problems: Map<Backend, InitError>, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InitError)) throw error;
    if (!problems.has(backend)) problems.set(backend, error);
    return undefined;
  }
}

/** Why rules of ours could be there unseen. A kernel that refuses both iptables-nft and nft has no nf_tables at all. */
export function blindSpot({ problems, iptables }: Survey): InitError | undefined {
  const [nft, nftables] = [problems.get('nft'), problems.get('nftables')];
  if (nft?.code === 'refused' && nftables?.code !== 'refused') return nft;
  if (nft !== undefined && nftables !== undefined && iptables.nft.length === 0) {
    return iptables.legacy.some((state) => !isAbsent(state)) ? undefined : nft;
  }
  return problems.get('legacy');
}
