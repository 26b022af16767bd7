import { renderArguments } from '../../proxy/arguments.ts';
import { readinessPath, readinessPort } from '../../settings/names.ts';
import { containerDefaults } from './container-defaults.ts';
import { proxyContainer, runFolder, runVolume } from './names.ts';
import type { Plan } from './plan.ts';

/**
 * The native sidecar: an init container with `restartPolicy: Always`, which starts before the application and is
 * stopped after it. It has no startupProbe, so the kubelet starts the next container without waiting; the init
 * container waits by itself, which costs a pod a second less.
 */
export function renderProxyContainer({ settings, families, proxyUid, probes }: Plan): object {
  return {
    name: proxyContainer,
    image: settings.proxyImage,
    ...containerDefaults,
    restartPolicy: 'Always',
    args: renderArguments({
      outboundPort: settings.outboundPort,
      inboundPort: settings.inboundPort,
      families,
      adminSocket: `${runFolder}/admin.sock`,
      probes,
      logLevel: settings.proxyLogLevel,
      concurrency: settings.proxyConcurrency,
      node: { id: '$(POD_NAME).$(POD_NAMESPACE)', cluster: '$(POD_NAMESPACE)' },
    }),
    env: [
      podField('POD_NAME', 'metadata.name'),
      podField('POD_NAMESPACE', 'metadata.namespace'),
      podField('POD_IP', 'status.podIP'),
    ],
    resources: {
      limits: { cpu: settings.proxyCpuLimit.text, memory: settings.proxyMemoryLimit.text },
      requests: { cpu: settings.proxyCpu.text, memory: settings.proxyMemory.text },
    },
    readinessProbe: {
      httpGet: { path: readinessPath, port: readinessPort, scheme: 'HTTP' },
      periodSeconds: 5,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
    },
    securityContext: {
      runAsUser: proxyUid,
      runAsGroup: proxyUid,
      runAsNonRoot: true,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumeMounts: [{ name: runVolume, mountPath: runFolder }],
  };
}

const podField = (name: string, fieldPath: string): object => ({
  name,
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
});
