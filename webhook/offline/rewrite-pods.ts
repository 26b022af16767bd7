import type { PodHolder } from '../admission/pod-holders.ts';
import type { FoundPod } from './find-pods.ts';
import type { Namespaces } from './namespaces.ts';
import { type Change, type Rewritten, rewriteObjects } from './rewrite-objects.ts';

/** Changes the pods and templates of a file, and no byte of anything else. */
export function rewritePods(
  text: string,
  holders: readonly PodHolder[],
  changeOf: (pod: FoundPod, namespaces: Namespaces) => Change,
): Rewritten {
  return rewriteObjects(text, holders, (object, namespaces) => {
    switch (object.kind) {
      case 'pod':
        return changeOf(object.pod, namespaces);
      case 'namespace':
        return { kind: 'keep', notes: [] };
      case 'other':
        return { kind: 'keep', notes: ['holds no pod: unchanged'] };
    }
  });
}
