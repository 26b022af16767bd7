import { isObject, type JsonObject } from '../admission/json.ts';
import type { Container, Pod } from '../admission/pod.ts';
import { proxyContainer, statusAnnotation } from './names.ts';
import { type Given, readGiven } from './status.ts';

/** A container `outrider-proxy` with which a pod comes to the webhook. */
export type PresentProxy =
  /** Written by the pod's author, to be merged over ours. */
  | { readonly kind: 'declared'; readonly json: JsonObject }
  /** Ours, with what others have made of it since; the rest is what we gave it. */
  | ({ readonly kind: 'injected'; readonly json: JsonObject } & Given);

/**
 * The proxy that the pod brings along. The status annotation tells which of the two kinds it is: not as evidence,
 * since whoever forges it gains nothing that a declaration would not give.
 */
export function findPresentProxy(pod: Pod): PresentProxy | undefined {
  const [declared] = declaredProxies(pod);
  if (declared !== undefined) return { kind: 'declared', json: withRequests(declared.json) };
  const status = pod.annotations[statusAnnotation];
  const injected = pod.initContainers?.find(({ name }) => name === proxyContainer);
  return status === undefined || injected === undefined
    ? undefined
    : { kind: 'injected', json: injected.json, ...readGiven(status) };
}

/**
 * A limit alone is the request, too (SetDefaults_Pod in k8s.io/kubernetes/pkg/apis/core/v1). An API server has made it
 * so before it calls us; a pod in a file has to come out as the same.
 */
function withRequests(declared: JsonObject): JsonObject {
  const { resources } = declared;
  if (!isObject(resources) || !isObject(resources.limits)) return declared;
  const requests = { ...resources.limits, ...(isObject(resources.requests) && resources.requests) };
  return { ...declared, resources: { ...resources, requests } };
}

/** The resources that we gave it the last time; none where there was none. */
export const givenBefore = (present: PresentProxy): JsonObject =>
  present.kind === 'injected' ? present.resources : {};

/** Where an author may declare it. Kubernetes refuses two containers of one name. */
export const declaredProxies = ({ annotations, initContainers = [], containers }: Pod): Container[] =>
  statusAnnotation in annotations
    ? []
    : [...initContainers, ...containers].filter(({ name }) => name === proxyContainer);
