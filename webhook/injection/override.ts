import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject, listOf, objectOf } from '../admission/json.ts';
import { isMirrorOf } from './image-mirror.ts';
import { runFolder, runVolume } from './names.ts';
import { givenBefore, type PresentProxy } from './present-proxy.ts';
import { mergeResources } from './resources.ts';

/** Fields of a securityContext that take nothing from the proxy's safety; the rules tell it by its uid. */
export const overridableSecurity = [
  'appArmorProfile',
  'readOnlyRootFilesystem',
  'seLinuxOptions',
  'seccompProfile',
] as const;

/**
 * The rendered proxy, with what others have a word in: the pod's author, by a container of that name, and webhooks
 * and plugins that have changed ours since. Every other field is ours.
 *
 * Idempotent: of its own outcome it makes the same again, so that nobody's word is lost on reinvocation. It takes
 * nothing that the author of a pod could not have had by a setting.
 */
export function withOverride(rendered: object, present: PresentProxy | undefined): JsonObject {
  const proxy: JsonObject = { ...rendered };
  if (present === undefined) return proxy;
  const { json } = present;
  return {
    ...proxy,
    ...imageOf(proxy, present),
    ...pick(json, ['terminationMessagePath', 'terminationMessagePolicy']),
    ...(isStillOurs(present) ? {} : pick(json, ['lifecycle'])),
    env: withMore(proxy.env, json.env, 'name'),
    resources: mergeResources(objectOf(proxy.resources), objectOf(json.resources), givenBefore(present)),
    securityContext: {
      ...objectOf(proxy.securityContext),
      ...pick(objectOf(json.securityContext), overridableSecurity),
    },
    volumeMounts: withMore(proxy.volumeMounts, mountsOf(json), 'mountPath'),
  };
}

/** Whether its lifecycle is as we gave it the last time, and so follows our settings. */
const isStillOurs = (present: PresentProxy): boolean =>
  present.kind === 'injected' && isDeepStrictEqual(present.json.lifecycle, present.lifecycle);

/** The rendered init container: others have a word only on where its image comes from. */
export function withMirror(rendered: JsonObject, present: JsonObject = {}): JsonObject {
  return isMirrorOf(`${present.image}`, `${rendered.image}`)
    ? { ...rendered, image: present.image }
    : rendered;
}

/**
 * The image is the setting's, from wherever it is taken. A pull policy counts beside an image that is named in full:
 * for any other text, such as Istio's `auto`, the API server has filled one in already.
 */
function imageOf({ image }: JsonObject, { kind, json }: PresentProxy): JsonObject {
  const named = isMirrorOf(`${json.image}`, `${image}`);
  const policy = kind === 'injected' || named ? pick(json, ['imagePullPolicy']) : {};
  return { ...withMirror({ image }, json), ...policy };
}

/**
 * Whether others may mount something there: anywhere but at the admin socket's folder, below it, and above it, where
 * the order of the mounts would decide which one is seen. In images, /var/run is /run.
 */
export const isFreeMount = ({ name, mountPath }: JsonObject): boolean => {
  if (typeof mountPath !== 'string' || name === runVolume) return false;
  const path = posix.normalize(`/${mountPath}/`).replace(/^\/var\/run\//, '/run/');
  return !path.startsWith(`${runFolder}/`) && !`${runFolder}/`.startsWith(path);
};

function mountsOf({ volumeMounts }: JsonObject): JsonObject[] {
  const mounts = listOf(volumeMounts).flatMap((mount) =>
    isObject(mount) && isFreeMount(mount) ? [mount] : [],
  );
  // Kubernetes takes no two at one path.
  const seen = new Set<unknown>();
  return mounts.filter(({ mountPath }) => !seen.has(mountPath) && seen.add(mountPath));
}

/** Ours, and those of theirs that are called otherwise, in their order. */
function withMore(ours: unknown, theirs: unknown, key: 'name' | 'mountPath'): readonly unknown[] {
  const own = listOf(ours);
  const taken = own.map((one) => objectOf(one)[key]);
  return [...own, ...listOf(theirs).filter((one) => isObject(one) && !taken.includes(one[key]))];
}

const pick = (from: JsonObject, fields: readonly string[]): JsonObject =>
  Object.fromEntries(
    fields.filter((field) => (from[field] ?? undefined) !== undefined).map((field) => [field, from[field]]),
  );
