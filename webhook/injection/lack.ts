import { isObject, type JsonObject, objectsOf } from '../admission/json.ts';
import type { Pod } from '../admission/pod.ts';
import { podLabel } from '../decision/names.ts';
import { nameIn, type Revision } from '../decision/revision.ts';
import { initContainer, proxyContainer, reservedContainers, runFolder, runVolume } from './names.ts';

const remedy =
  '; another webhook has changed the pod after Outrider: set its reinvocationPolicy to Never ' +
  `(kubectl get mutatingwebhookconfigurations lists all), or label the pod ${podLabel}=false`;

/**
 * What a pod that should have a proxy lacks after all mutating webhooks: the first thing, or `undefined`. The same, in
 * the same words, as manifests/backstop.yaml, for API servers that have no admission policies.
 */
export function findLack(
  { containers, initContainers: inits = [], volumes = [] }: Pod,
  revision?: Revision,
): string | undefined {
  const proxies = inits.filter(({ name }) => name === proxyContainer);
  if (proxies.length === 0) {
    return `the pod has no init container ${proxyContainer}: nothing would carry its traffic; is the MutatingWebhookConfiguration ${nameIn(revision, 'outrider-webhook')} there? If it is${remedy}`;
  }
  if (!proxies.every(({ json }) => json.restartPolicy === 'Always')) {
    return `the init container ${proxyContainer} lacks restartPolicy: Always: the pod would wait for its end${remedy}`;
  }
  const [first, second] = inits;
  if (first?.name !== proxyContainer) {
    return `the first init container is ${first?.name}, where ${proxyContainer} has to be: it would get past the proxy${remedy}`;
  }
  if (second?.name !== initContainer) {
    return `the init container behind ${proxyContainer} is not ${initContainer}: traffic would get past the proxy${remedy}`;
  }
  const run = volumes.some(({ name, json }) => name === runVolume && isObject(json.emptyDir));
  if (!run || !proxies.every(({ json }) => mountsRunFolder(json))) {
    return `the pod has no emptyDir ${runVolume}, mounted by ${proxyContainer}: the proxy would not start${remedy}`;
  }
  const others = [...containers, ...inits.filter(({ name }) => !reservedContainers.includes(name))];
  const intruder = others.find(({ json }) => mounts(json).some(({ name }) => name === runVolume));
  return (
    intruder &&
    `container ${intruder.name} mounts the volume ${runVolume}, which is the proxy's alone${remedy}`
  );
}

/** What is wrong with an injected pod that was moved onto the network of the node; `undefined` for any other. */
export function findMoved({ hostNetwork, initContainers: inits = [] }: Pod): string | undefined {
  return hostNetwork && inits.some(({ name }) => name === initContainer)
    ? `the pod is on the network of the node, whose traffic ${initContainer} would redirect${remedy}`
    : undefined;
}

const mounts = ({ volumeMounts }: JsonObject): JsonObject[] => objectsOf(volumeMounts);

const mountsRunFolder = (container: JsonObject): boolean =>
  mounts(container).some(({ name, mountPath }) => name === runVolume && mountPath === runFolder);
