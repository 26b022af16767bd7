import type { Pod } from '../admission/pod.ts';
import { initContainer, proxyContainer, statusAnnotation } from '../injection/names.ts';

/** What a pod tells of its injection: for people to see, and evidence of nothing but the images. */
export interface Told {
  /** Of the webhook that injected it, by the status annotation. */
  readonly version: string | undefined;
  /** Digest of its settings, by the status annotation. */
  readonly settings: string | undefined;
  readonly initImage: string | undefined;
  readonly proxyImage: string | undefined;
}

export function readTold({ annotations, initContainers = [] }: Pod): Told {
  const imageOf = (container: string): string | undefined => {
    const image = initContainers.find(({ name }) => name === container)?.json.image;
    return typeof image === 'string' ? image : undefined;
  };
  return {
    ...readStatus(annotations[statusAnnotation]),
    initImage: imageOf(initContainer),
    proxyImage: imageOf(proxyContainer),
  };
}

function readStatus(text: string | undefined): Pick<Told, 'version' | 'settings'> {
  try {
    const { version, settings } = JSON.parse(text ?? '');
    const textual = (value: unknown) => (typeof value === 'string' ? value : undefined);
    return { version: textual(version), settings: textual(settings) };
  } catch {
    return { version: undefined, settings: undefined };
  }
}
