import type { Row } from './fate.ts';

/** A mesh that pods come from. */
export interface Mesh {
  readonly name: string;
  /** Whether a label or an annotation is of this mesh. */
  readonly owns: (key: string) => boolean;
  readonly rows: readonly Row[];
  /** Containers that its injector adds. */
  readonly containers: readonly string[];
  /** How a rendered sidecar is taken out of a file. */
  readonly wayBack: string;
  /** What the mesh does for its pods without being asked, and Outrider does not. */
  readonly misses: string;
}

/** Whether a key, such as `sidecar.istio.io/inject`, is of the domain or of one below it. */
export const isOf = (key: string, domain: string): boolean => {
  const [host = '', ...rest] = key.split('/');
  return rest.length > 0 && (host === domain || host.endsWith(`.${domain}`));
};
