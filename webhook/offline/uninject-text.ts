import type { PodHolder } from '../admission/pod-holders.ts';
import { removeInjected } from './remove-injected.ts';
import type { Rewritten } from './rewrite-objects.ts';
import { rewritePods } from './rewrite-pods.ts';

/** The file without what injection adds: to the byte what it was before. */
export function uninjectText(text: string, holders: readonly PodHolder[]): Rewritten {
  return rewritePods(text, holders, ({ json }) => {
    const pod = removeInjected(json);
    if (pod === json) return { kind: 'keep', notes: ['not injected: unchanged'] };
    return { kind: 'change', json: pod, notes: ['taken back'] };
  });
}
