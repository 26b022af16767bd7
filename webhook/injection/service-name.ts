import { objectsOf } from '../admission/json.ts';
import type { Pod } from '../admission/pod.ts';

/**
 * What spans call the service of a pod, as OpenTelemetry has it for Kubernetes: by annotation, by label, by the workload.
 * The label `app` is what Istio goes by. `undefined` where nothing tells, as of a template in a file.
 * https://opentelemetry.io/docs/specs/semconv/non-normative/k8s-attributes
 */
export function serviceNameOf({ annotations, labels, metadata }: Pod): string | undefined {
  return (
    annotations['resource.opentelemetry.io/service.name'] ||
    labels['app.kubernetes.io/name'] ||
    labels.app ||
    workloadOf(metadata, labels) ||
    textOf(metadata.name)
  );
}

/** The name of what somebody wrote: controllers name what they make after it. */
function workloadOf(metadata: Pod['metadata'], labels: Pod['labels']): string | undefined {
  const owner = objectsOf(metadata.ownerReferences).find(({ controller }) => controller === true);
  const name = textOf(owner?.name);
  const hash = `-${labels['pod-template-hash']}`;
  if (owner?.kind === 'ReplicaSet' && name?.endsWith(hash)) return name.slice(0, -hash.length);
  // A CronJob's Job has the minute for which it was made.
  return owner?.kind === 'Job' ? name?.replace(/-[0-9]{8,}$/, '') : name;
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
