import type { Pod } from '../admission/pod.ts';
import { initContainer, proxyContainer, statusAnnotation } from '../injection/names.ts';
import { readTold, type ToldStatus } from '../injection/status.ts';

/** What a pod tells of its injection: for people to see, and evidence of nothing but the images. */
export interface Told extends ToldStatus {
  readonly initImage: string | undefined;
  readonly proxyImage: string | undefined;
}

export function toldBy({ annotations, initContainers = [] }: Pod): Told {
  const imageOf = (container: string): string | undefined => {
    const image = initContainers.find(({ name }) => name === container)?.json.image;
    return typeof image === 'string' ? image : undefined;
  };
  return {
    ...readTold(annotations[statusAnnotation]),
    initImage: imageOf(initContainer),
    proxyImage: imageOf(proxyContainer),
  };
}
