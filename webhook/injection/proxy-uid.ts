import { defaultProxyUid } from '../../settings/names.ts';
import { describeError, type SettingError } from '../../settings/parse.ts';
import { type Uid, uid } from '../../settings/uid.ts';
import { listOf } from '../admission/json.ts';
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
    ...listOf(supplementalGroups),
    ...own.flatMap(({ securityContext: { runAsUser, runAsGroup } }) => [runAsUser, runAsGroup]),
  ]);
}

/** What the setting `proxy-uid` asks for, and the text that does. */
export interface AskedUid {
  readonly uid: Uid;
  readonly at: Pick<SettingError, 'source' | 'name' | 'text'>;
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
  asked: AskedUid | undefined,
  given: GivenIds | undefined,
): ChosenUid {
  const taken = idsInUse(pod);
  if (asked === undefined) return given === undefined ? nextFree(taken) : freeAmong(given, taken);
  if (!taken.has(asked.uid)) return { ok: true, uid: asked.uid };
  const expected = 'an id that nothing in the pod asks for, since that would bypass the proxy';
  return { ok: false, problem: describeError({ ...asked.at, expected }) };
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
