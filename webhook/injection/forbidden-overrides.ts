import { isDeepStrictEqual } from 'node:util';
import { prefix } from '../../settings/names.ts';
import type { Settings } from '../../settings/settings.ts';
import { type JsonObject, objectOf, objectsOf } from '../admission/json.ts';
import type { Pod } from '../admission/pod.ts';
import { isMirrorOf } from './image-mirror.ts';
import { proxyContainer } from './names.ts';
import { isFreeMount, overridableSecurity } from './override.ts';
import { declaredProxies, findPresentProxy, givenBefore } from './present-proxy.ts';
import { privilegesOf } from './privileges.ts';
import { renderResources, variables } from './proxy-container.ts';
import { findRequestsAboveLimits, mergeResources } from './resources.ts';

/** Fields of a container that its author may give; some of them in part. */
const overridable: readonly string[] = [
  'name',
  'env',
  'image',
  'imagePullPolicy',
  'lifecycle',
  'resources',
  'restartPolicy',
  'securityContext',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'volumeMounts',
];

/**
 * What a declared proxy says that is not its author's to say, each with the remedy. Empty when there is nothing. In
 * one that has been injected such fields are not told but repaired, as all of them are where settings are enforced.
 */
export function findForbiddenOverrides(pod: Pod, settings: Settings, enforcer: string | undefined): string[] {
  const present = findPresentProxy(pod);
  if (present === undefined) return [];
  const { kind, json } = present;
  if (enforcer !== undefined) {
    const problem = `cannot be overridden: ${enforcer} enforces settings; remove it`;
    return kind === 'declared' ? [`container ${proxyContainer}: ${problem}`] : [];
  }
  const resources = mergeResources(
    renderResources(settings, pod.limits),
    objectOf(json.resources),
    givenBefore(present),
  );
  return [
    ...(kind === 'declared' ? findForbiddenFields(json, settings) : []),
    ...(declaredProxies(pod).length > 1 ? ['is declared twice; remove one'] : []),
    ...findRequestsAboveLimits(resources).map((what) => `resources: ${what}; give both`),
  ].map((problem) => `container ${proxyContainer}: ${problem}`);
}

function findForbiddenFields(declared: JsonObject, settings: Settings): string[] {
  const { image, restartPolicy, env, volumeMounts, securityContext } = declared;
  const fields = given(declared).filter(([field]) => !overridable.includes(field));
  const privileges = privilegesOf(settings.redirectMode);
  const security = given(securityContext).filter(
    ([field, value]) =>
      !overridableSecurity.some((one) => one === field) && !isDeepStrictEqual(value, privileges[field]),
  );
  return [
    ...fields.map(([field]) => `${field} cannot be overridden; remove it`),
    ...(isSettings(image ?? 'auto', settings)
      ? []
      : [
          `image ${JSON.stringify(image)} cannot be overridden; write auto, and the annotation ${prefix}proxy-image`,
        ]),
    ...((restartPolicy ?? 'Always') !== 'Always'
      ? [`restartPolicy ${JSON.stringify(restartPolicy)} cannot be overridden; remove it`]
      : []),
    ...objectsOf(env)
      .filter(({ name }) => variables.some((one) => one.name === name))
      .map(({ name }) => `env ${name} is the proxy's own; choose another name`),
    ...objectsOf(volumeMounts)
      .filter((mount) => !isFreeMount(mount))
      .map(({ name, mountPath }) => `mount of ${name} at ${mountPath} is the proxy's own; remove it`),
    ...security.map(([field]) =>
      field === 'runAsUser' || field === 'runAsGroup'
        ? `securityContext.${field} cannot be overridden; write the annotation ${prefix}proxy-uid`
        : `securityContext.${field} cannot be overridden; remove it`,
    ),
  ];
}

/** The fields that say something. */
const given = (object: unknown): [string, unknown][] =>
  Object.entries(objectOf(object)).filter(([, value]) => (value ?? undefined) !== undefined);

/** Kubernetes asks for some image in the template of a workload; Istio's users are told to write `auto`. */
const isSettings = (image: unknown, { proxyImage }: Settings): boolean =>
  ['auto', proxyImage].some((one) => isMirrorOf(`${image}`, one));
