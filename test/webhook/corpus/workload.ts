import type { AnyPod } from '../pods.ts';

/** Where each kind keeps the template of its pods. */
const templates: Readonly<Record<string, (workload: AnyPod) => AnyPod>> = {
  PodTemplate: ({ template }) => template,
  ReplicationController: ({ spec }) => spec.template,
  ReplicaSet: ({ spec }) => spec.template,
  Deployment: ({ spec }) => spec.template,
  StatefulSet: ({ spec }) => spec.template,
  DaemonSet: ({ spec }) => spec.template,
  Job: ({ spec }) => spec.template,
  CronJob: ({ spec }) => spec.jobTemplate.spec.template,
};

/** The pod that a controller makes of a workload, as far as injection could tell; a Pod is itself. */
export function podOf(workload: AnyPod): AnyPod {
  if (workload.kind === 'Pod') return workload;
  const template = templates[workload.kind]?.(workload);
  if (template === undefined) throw new Error(`${workload.kind}: no kind that holds a template of pods`);
  const { metadata = {}, spec } = structuredClone(template);
  const name = workload.metadata?.name;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${name}-0`, ...metadata },
    spec: workload.kind === 'StatefulSet' ? withClaims(workload, spec) : spec,
  };
}

/** The controller of a StatefulSet adds a volume for each claim, and the names by which its pods are known. */
function withClaims(
  { metadata: { name }, spec: { volumeClaimTemplates = [], serviceName } }: AnyPod,
  spec: AnyPod,
) {
  const claims = volumeClaimTemplates.map(({ metadata }: AnyPod) => ({
    name: metadata.name,
    persistentVolumeClaim: { claimName: `${metadata.name}-${name}-0` },
  }));
  return {
    ...spec,
    hostname: `${name}-0`,
    ...(serviceName && { subdomain: serviceName }),
    ...(claims.length > 0 && { volumes: [...(spec.volumes ?? []), ...claims] }),
  };
}
