import type { RedirectMode } from '../../settings/settings.ts';
import type { Uid } from '../../settings/uid.ts';
import type { JsonObject } from '../admission/json.ts';

/** By which the proxy takes and makes connections in others' names (IP_TRANSPARENT, ip(7)). */
export const transparentCapabilities = ['NET_RAW'] as const;

/**
 * What the proxy may, beside its ids: nothing, which is what a namespace asks for that enforces the Pod Security Standard
 * `restricted`. With TPROXY it has one capability; and is root, because a container that is not gets no effective ones
 * from the kubelet.
 */
export const privilegesOf = (mode: RedirectMode): JsonObject => ({
  runAsNonRoot: mode === 'redirect',
  privileged: false,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { ...(mode === 'tproxy' && { add: transparentCapabilities }), drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
});

/** The proxy's user and group. The rules tell it by the one that nobody else in the pod has. */
export const renderSecurityContext = (mode: RedirectMode, proxyUid: Uid): JsonObject => ({
  runAsUser: mode === 'tproxy' ? 0 : proxyUid,
  runAsGroup: proxyUid,
  ...privilegesOf(mode),
});
