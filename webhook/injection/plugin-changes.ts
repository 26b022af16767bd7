import { isObject, type JsonObject } from '../admission/json.ts';

/**
 * The rendered container, with what the API server's own admission plugins (k8s.io/kubernetes/plugin/pkg/admission)
 * have made of the `present` one: they run after us as well, and would do it again, or refuse the pod that lacks it.
 * Only the outcome of a plugin is taken over, never a part of the present container as it stands: that can be forged.
 *
 *     ServiceAccount     mounts the token into every container
 *     AlwaysPullImages   sets imagePullPolicy, and refuses a pod in which it is another
 *     LimitRanger        sets a request and a limit for ephemeral storage, where the namespace has a default
 */
export function withPluginChanges(rendered: object, present: JsonObject = {}): JsonObject {
  const container: JsonObject = { ...rendered };
  const atToken = listOf(present.volumeMounts).find((one) => isObject(one) && one.mountPath === tokenFolder);
  const token = isObject(atToken) ? honestMount(atToken) : [];
  return {
    ...container,
    ...(present.imagePullPolicy === 'Always' && { imagePullPolicy: 'Always' }),
    ...(token.length > 0 && { volumeMounts: [...listOf(container.volumeMounts), ...token] }),
    resources: withStorage(objectOf(container.resources), objectOf(present.resources)),
  };
}

const tokenFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The plugin takes any volume whose name begins like this for its own. */
const tokenVolumePrefix = 'kube-api-access-';

/** A mount as it may stand in a container of ours: any, but at the token's place the plugin's alone. */
export function honestMount(mount: JsonObject): JsonObject[] {
  const { name, mountPath } = mount;
  if (mountPath !== tokenFolder) return [mount];
  const isPlugins = typeof name === 'string' && name.startsWith(tokenVolumePrefix);
  return isPlugins ? [{ name, readOnly: true, mountPath }] : [];
}

const storage = 'ephemeral-storage';

function withStorage(rendered: JsonObject, present: JsonObject): JsonObject {
  const merged = ['limits', 'requests'].map((kind) => {
    const quantity = objectOf(present[kind])[storage];
    return [
      kind,
      { ...(typeof quantity === 'string' && { [storage]: quantity }), ...objectOf(rendered[kind]) },
    ];
  });
  return Object.fromEntries(merged);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});
