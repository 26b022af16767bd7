import { ownPorts } from '../../settings/names.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Container, Pod } from '../admission/pod.ts';
import { podLabel } from '../decision/names.ts';
import { findForbiddenOverrides } from './forbidden-overrides.ts';
import { reservedContainers, runVolume, statusAnnotation } from './names.ts';
import { declaredProxies } from './present-proxy.ts';

/**
 * What in the pod takes a name or a port that is Outrider's own. Empty when nothing does.
 *
 * A pod that carries the status annotation says that it has been injected before, and its init containers and
 * volume by our names are taken for ours: they are compared with what we render and, where they differ, replaced.
 * The annotation only chooses between a repair and a denial; forging it gains nothing. In any other pod, a container
 * `outrider-proxy` is its author's word on ours. `enforcer`: who enforces settings, if anybody does.
 */
export function findReservedUses(pod: Pod, settings: Settings, enforcer?: string): string[] {
  const { inboundPort, outboundPort } = settings;
  const injectedBefore = statusAnnotation in pod.annotations;
  const initContainers = pod.initContainers ?? [];
  const own = (container: Container): boolean => reservedContainers.includes(container.name);
  const declared = declaredProxies(pod);
  const containers = pod.containers.filter((container) => !declared.includes(container));
  const users = [...containers, ...initContainers.filter((container) => !own(container))];
  const ports = [outboundPort, inboundPort, ...ownPorts];

  const named = [...containers, ...(injectedBefore ? [] : initContainers)].filter(
    (container) => own(container) && !declared.includes(container),
  );
  const volumes = injectedBefore ? [] : (pod.volumes ?? []).filter(({ name }) => name === runVolume);
  return [
    ...named.map(({ name }) => `container ${name}: the name is reserved; choose another`),
    ...findForbiddenOverrides(pod, settings, enforcer),
    ...volumes.map(({ name }) => `volume ${name}: the name is reserved; choose another`),
    ...users
      .filter(({ volumeNames }) => volumeNames.includes(runVolume))
      .map(
        ({ name }) =>
          `container ${name}: mounts the volume ${runVolume}, which is the proxy's alone; remove the mount`,
      ),
    ...users.flatMap(({ name, ports: used }) =>
      used
        .filter((port) => ports.some((one) => one === port))
        .map((port) => `container ${name}: port ${port} is the proxy's; choose another`),
    ),
    ...[
      { field: 'shareProcessNamespace', is: pod.shareProcessNamespace },
      { field: 'hostPID', is: pod.hostPid },
    ]
      .filter(({ is }) => is)
      .map(
        ({ field }) =>
          `spec.${field}: would let the application reach into the proxy's process; remove it, or label the pod ${podLabel}=false`,
      ),
  ];
}
