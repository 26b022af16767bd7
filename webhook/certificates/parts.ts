import type { Serving } from './serving.ts';

/** The name of each part where it is kept, a file of a folder or a key of a Secret: those of kubernetes.io/tls. */
export const partNames = {
  certificate: 'tls.crt',
  key: 'tls.key',
  authorities: 'ca.crt',
} as const satisfies Record<keyof Serving, string>;
