import { runVolume } from './names.ts';

/** Holds the proxy's admin socket. In memory, so that it leaves nothing on the node; a socket takes no space. */
export function renderRunVolume(): object {
  return { name: runVolume, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } };
}
