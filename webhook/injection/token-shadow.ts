import { runVolume } from './names.ts';

/** Where the plugin ServiceAccount mounts the pod's token into every container that has nothing mounted there. */
const tokenFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Takes the token's place in our containers: they ask nothing of the API server, and who breaks into the proxy should
 * not get the application's rights. An empty folder inside the volume of the proxy; its admin socket, beside it, is not
 * reached that way.
 */
export function renderTokenShadow(): object {
  return { name: runVolume, readOnly: true, mountPath: tokenFolder, subPath: 'no-token' };
}
