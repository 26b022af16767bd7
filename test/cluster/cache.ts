import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where everything lives that is slow to make and survives a clean tree: programs, root filesystem, images. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.OUTRIDER_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'outrider');
}
