import { type JsonObject, objectOf } from '../admission/json.ts';

/**
 * The rendered container, with what the API server's own admission plugins (k8s.io/kubernetes/plugin/pkg/admission)
 * have made of the `present` one: they run after us as well, and would do it again, or refuse the pod that lacks it.
 * Only the outcome of a plugin is taken over, never a part of the present container as it stands: that can be forged.
 *
 *     AlwaysPullImages   sets imagePullPolicy, and refuses a pod in which it is another
 *     LimitRanger        sets a request and a limit for ephemeral storage, where the namespace has a default
 *
 * ServiceAccount, which mounts the token into containers, finds its place taken in ours.
 */
export function withPluginChanges(rendered: object, present: JsonObject = {}): JsonObject {
  const container: JsonObject = { ...rendered };
  return {
    ...container,
    ...(present.imagePullPolicy === 'Always' && { imagePullPolicy: 'Always' }),
    resources: withStorage(objectOf(container.resources), objectOf(present.resources)),
  };
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
