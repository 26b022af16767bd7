import { basename } from 'node:path';

/** By what name the executable was started, by a link or itself. */
export interface CalledAs {
  /** `completion`: kubectl asks, by a name of its own, for the completion of its plugin. */
  readonly kind: 'command' | 'completion';
  /** The name on PATH. */
  readonly executable: string;
  /** What its user types. */
  readonly title: string;
}

export function readCalledAs(argv0: string): CalledAs {
  switch (basename(argv0)) {
    case 'kubectl_complete-outrider':
      return { kind: 'completion', executable: 'kubectl-outrider', title: 'kubectl outrider' };
    case 'kubectl-outrider':
      return { kind: 'command', executable: 'kubectl-outrider', title: 'kubectl outrider' };
    default:
      return { kind: 'command', executable: 'outrider', title: 'outrider' };
  }
}
