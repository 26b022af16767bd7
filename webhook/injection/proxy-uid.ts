import { defaultProxyUid } from '../../settings/names.ts';
import { type Uid, uid } from '../../settings/uid.ts';
import type { Pod } from '../admission/pod.ts';
import { type GivenIds, noneIsFree } from './given-ids.ts';
import { reservedContainers } from './names.ts';

/**
 * The user and group ids that the pod's own containers ask for. The rules tell the proxy's traffic by its uid: a
 * container that ran as the proxy's would bypass the proxy.
 */
function idsInUse({ securityContext, containers, initContainers = [] }: Pod): ReadonlySet<unknown> {
  const { runAsUser, runAsGroup, fsGroup, supplementalGroups } = securityContext;
  const own = [...containers, ...initContainers].filter(({ name }) => !reservedContainers.includes(name));
  return new Set([
    runAsUser,
    runAsGroup,
    fsGroup,
    ...(Array.isArray(supplementalGroups) ? supplementalGroups : []),
    ...own.flatMap(({ securityContext: { runAsUser, runAsGroup } }) => [runAsUser, runAsGroup]),
  ]);
}

export type ChosenUid =
  | { readonly ok: true; readonly uid: Uid }
  | { readonly ok: false; readonly problem: string };

/**
 * The proxy's uid in this pod: what the `proxy-uid` setting asks for, where it does (`asked`), otherwise the default
 * or the next one up that the pod does not use. Where the namespace is `given` ids, it is one of them.
 */
export function chooseProxyUid(
  pod: Pod,
  asked: readonly Uid[] | undefined,
  given: GivenIds | undefined,
): ChosenUid {
  const taken = idsInUse(pod);
  if (asked === undefined) return given === undefined ? nextFree(taken) : freeAmong(given, taken);
  const [only, ...more] = asked;
  if (only === undefined || more.length > 0) {
    return { ok: false, problem: 'proxy-uid: a pod has one proxy; give one user id' };
  }
  if (taken.has(only)) {
    const problem = `proxy-uid: a container of the pod asks for ${only} too, and would bypass the proxy; choose another`;
    return { ok: false, problem };
  }
  return { ok: true, uid: only };
}

function nextFree(taken: ReadonlySet<unknown>): ChosenUid {
  let candidate: number = defaultProxyUid;
  while (taken.has(candidate)) candidate += 1;
  return { ok: true, uid: uid(candidate) };
}

function freeAmong(given: GivenIds, taken: ReadonlySet<unknown>): ChosenUid {
  // Root's traffic is never the proxy's.
  let candidate = Math.max(given.first, 1);
  while (taken.has(candidate) || given.defaults.includes(candidate)) candidate += 1;
  return candidate <= given.last
    ? { ok: true, uid: uid(candidate) }
    : { ok: false, problem: noneIsFree(given) };
}
