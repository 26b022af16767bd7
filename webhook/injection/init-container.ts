import { formatRulesSettings } from '../../settings/table.ts';
import { gid } from '../../settings/uid.ts';
import { containerDefaults } from './container-defaults.ts';
import { initContainer } from './names.ts';
import type { Plan } from './plan.ts';
import { capResources } from './resources.ts';
import { renderTokenShadow } from './token-shadow.ts';

const resources = {
  limits: { cpu: '1', memory: '128Mi' },
  requests: { cpu: '10m', memory: '64Mi' },
};

/** To write rules, and to open the sockets by which iptables reads them. */
export const initCapabilities = ['NET_ADMIN', 'NET_RAW'] as const;

/**
 * Waits for the proxy, writes the rules, ends. It comes after the proxy and before every container of the user's,
 * so that traffic is redirected from the first of them on, and only once there is a proxy to take it.
 *
 * Root, because a container that is not root gets no effective capabilities from the kubelet.
 */
export function renderInitContainer({ settings, proxyUid, podLimits, initImage }: Plan): object {
  // With TPROXY the proxy is root, whose traffic is not all the proxy's.
  const proxyGids = settings.redirectMode === 'tproxy' ? [gid(proxyUid)] : [];
  const config = formatRulesSettings({ ...settings, proxyUids: [proxyUid], proxyGids });
  return {
    name: initContainer,
    image: initImage,
    ...containerDefaults,
    command: ['/usr/local/bin/outrider-init'],
    args: ['apply', '--wait-proxy', '60', '--output', 'json'],
    env: [{ name: 'OUTRIDER_CONFIG', value: JSON.stringify(config).replaceAll('$', '$$$$') }],
    resources: capResources(resources, podLimits),
    securityContext: {
      runAsUser: 0,
      runAsGroup: 0,
      runAsNonRoot: false,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { add: initCapabilities, drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [renderTokenShadow()],
  };
}
