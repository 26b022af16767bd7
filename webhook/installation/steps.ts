import { groupOf, type Manifest } from './manifest.ts';

/**
 * What is installed, in the order in which it is. The API server calls no webhook before one runs, and refuses no pod
 * for want of a proxy before the webhook gives one: a step that fails leaves all pods as they were.
 */
export interface Steps {
  /** The namespace, accounts, permissions, what runs. */
  readonly serving: readonly Manifest[];
  /** By which the API server calls the webhook. */
  readonly calling: readonly Manifest[];
  /** What the API server refuses by itself. */
  readonly refusing: readonly Manifest[];
}

/** What others need comes first; a kind that is not here comes last among those of its step. */
const kinds = [
  'Namespace',
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'ConfigMap',
  'Service',
  'PodDisruptionBudget',
  'NetworkPolicy',
  'Deployment',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
];

const rank = ({ kind }: Manifest): number => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length);

export function stepsOf(manifests: readonly Manifest[]): Steps {
  const sorted = manifests.toSorted((a, b) => rank(a) - rank(b));
  const isAdmission = (one: Manifest): boolean => groupOf(one) === 'admissionregistration.k8s.io';
  const isPolicy = ({ kind }: Manifest): boolean => kind.startsWith('ValidatingAdmissionPolicy');
  return {
    serving: sorted.filter((one) => !isAdmission(one)),
    calling: sorted.filter((one) => isAdmission(one) && !isPolicy(one)),
    refusing: sorted.filter(isPolicy),
  };
}
