import { renderArguments } from '../../proxy/arguments.ts';
import { outboundOf } from '../../proxy/outbound.ts';
import { readinessPath, readinessPort } from '../../settings/names.ts';
import type { Settings } from '../../settings/settings.ts';
import type { JsonObject } from '../admission/json.ts';
import { containerDefaults } from './container-defaults.ts';
import { renderDrain } from './drain.ts';
import { proxyContainer, runFolder, runVolume } from './names.ts';
import type { Plan } from './plan.ts';
import { renderSecurityContext } from './privileges.ts';
import { capResources } from './resources.ts';
import { renderTokenShadow } from './token-shadow.ts';

/**
 * The native sidecar: an init container with `restartPolicy: Always`, which starts before the application and is
 * stopped after it. It has no startupProbe, so the kubelet starts the next container without waiting; the init
 * container waits by itself, which costs a pod a second less.
 */
export function renderProxyContainer(plan: Plan): object {
  const { settings, families, proxyUid, probes, httpPorts, tracing, podLimits, drainSeconds } = plan;
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
      outbound: outboundOf(settings),
      probes,
      httpPorts,
      tracing,
      memoryLimit: plan.memoryLimit,
      logLevel: settings.proxyLogLevel,
      accessLog: settings.accessLog,
      redirectMode: settings.redirectMode,
      concurrency: plan.concurrency,
      node: { id: '$(POD_NAME).$(POD_NAMESPACE)', cluster: '$(POD_NAMESPACE)' },
    }),
    env: variables,
    resources: renderResources(settings, podLimits),
    ...renderDrain(drainSeconds),
    readinessProbe: {
      httpGet: { path: readinessPath, port: readinessPort, scheme: 'HTTP' },
      periodSeconds: 5,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
    },
    securityContext: renderSecurityContext(settings.redirectMode, proxyUid),
    volumeMounts: [{ name: runVolume, mountPath: runFolder }, renderTokenShadow()],
  };
}

export function renderResources(settings: Settings, podLimits: JsonObject): JsonObject {
  const { proxyEphemeralStorageLimit: storageLimit, proxyEphemeralStorage: storage = storageLimit } =
    settings;
  const resources = {
    limits: {
      cpu: settings.proxyCpuLimit.text,
      memory: settings.proxyMemoryLimit.text,
      ...(storageLimit && { 'ephemeral-storage': storageLimit.text }),
    },
    requests: {
      cpu: settings.proxyCpu.text,
      memory: settings.proxyMemory.text,
      // A limit alone is the request, too, as Kubernetes has it.
      ...(storage && { 'ephemeral-storage': storage.text }),
    },
  };
  return capResources(resources, podLimits);
}

/** What the arguments refer to. */
export const variables: readonly { readonly name: string }[] = [
  podField('POD_NAME', 'metadata.name'),
  podField('POD_NAMESPACE', 'metadata.namespace'),
  podField('POD_IP', 'status.podIP'),
];

function podField(name: string, fieldPath: string): { name: string } & JsonObject {
  return { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } };
}
