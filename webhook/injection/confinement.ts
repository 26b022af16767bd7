import type { Settings } from '../../settings/settings.ts';
import type { Uid } from '../../settings/uid.ts';
import { isObject, type JsonObject } from '../admission/json.ts';
import type { Container, Pod } from '../admission/pod.ts';
import { reservedContainers } from './names.ts';

type Policy = Pick<Settings, 'outboundPolicy' | 'allowUnconfinedContainers' | 'redirectMode'>;

/** By which a process becomes the proxy's user, or writes packets and rules of its own; the last two lead to all of it. */
const escapes: readonly string[] = ['SETUID', 'SETGID', 'NET_RAW', 'NET_ADMIN', 'SYS_ADMIN', 'SYS_MODULE'];

/** Those of them that container runtimes grant to who does not refuse them. */
const granted: readonly string[] = ['SETUID', 'SETGID', 'NET_RAW'];

const accepted = 'or accept it by outrider.io/allow-unconfined-containers=true';

/**
 * What lets a container of the pod past the policy `blackhole`, which tells the proxy's traffic by its user or group. Each with
 * the container, its field and the remedy; none for another policy, or where the pod accepts it.
 *
 * A container that adds or keeps no such capability gains none by a program that it starts, as long as its privileges
 * cannot grow (no_new_privs, capabilities(7)).
 */
export function findUnconfined(pod: Pod, policy: Policy): string[] {
  if (!isConfining(policy)) return [];
  return usersContainers(pod).flatMap(({ name, securityContext }) =>
    judge(securityContext).map(
      ({ field, remedy }) =>
        `container ${name}: securityContext.${field} lets it past outbound-policy blackhole; ${remedy}, ${accepted}`,
    ),
  );
}

/**
 * Containers whose user is their image's to say: were it the proxy's, they would be past the policy. With TPROXY so would
 * they with its group.
 */
export function warnOfUnknownUsers(pod: Pod, policy: Policy, proxyUid: Uid): string[] {
  if (!isConfining(policy)) return [];
  const ids = [
    { field: 'runAsUser', what: 'user' },
    ...(policy.redirectMode === 'tproxy' ? [{ field: 'runAsGroup', what: 'group' }] : []),
  ];
  return ids
    .filter(({ field }) => typeof pod.securityContext[field] !== 'number')
    .flatMap(({ field, what }) =>
      usersContainers(pod)
        .filter(({ securityContext }) => typeof securityContext[field] !== 'number')
        .map(
          ({ name }) =>
            `container ${name}: past outbound-policy blackhole if its image's ${what} is ${proxyUid}, the proxy's; ` +
            `set ${field}`,
        ),
    );
}

const isConfining = ({ outboundPolicy, allowUnconfinedContainers }: Policy): boolean =>
  outboundPolicy === 'blackhole' && !allowUnconfinedContainers;

const usersContainers = ({ containers, initContainers = [] }: Pod): Container[] =>
  [...containers, ...initContainers].filter(({ name }) => !reservedContainers.includes(name));

interface Opening {
  readonly field: string;
  readonly remedy: string;
}

function judge({ privileged, allowPrivilegeEscalation, capabilities }: JsonObject): Opening[] {
  if (privileged === true) return [{ field: 'privileged=true', remedy: 'remove it' }];
  const { add, drop } = isObject(capabilities) ? capabilities : {};
  // containerd knows CAP_SETUID by the name SETUID alone: to drop the former drops nothing.
  const [added, dropped] = [
    capabilityNames(add).map((name) => name.replace(/^CAP_/, '')),
    capabilityNames(drop),
  ];
  const asked = added.filter((name) => name === 'ALL' || escapes.includes(name));
  const kept = dropped.includes('ALL') ? [] : granted.filter((name) => !dropped.includes(name));
  return [
    ...(allowPrivilegeEscalation === false
      ? []
      : [{ field: 'allowPrivilegeEscalation', remedy: 'set it to false' }]),
    ...(asked.length === 0 ? [] : [{ field: `capabilities.add ${asked.join(', ')}`, remedy: 'remove it' }]),
    ...(kept.length === 0
      ? []
      : [{ field: `capabilities.drop without ${kept.join(', ')}`, remedy: 'drop ALL' }]),
  ];
}

/** Container runtimes take them in either case. */
const capabilityNames = (list: unknown): string[] => [
  ...new Set((Array.isArray(list) ? list : []).map((name) => `${name}`.toUpperCase())),
];
