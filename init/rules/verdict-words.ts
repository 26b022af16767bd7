import { formatPortRange } from '../../settings/port.ts';
import { hex } from './condition.ts';
import type { Verdict } from './rule.ts';

/** What a rule does, for a person: `return`, `→ OUTRIDER_REDIRECT`, `redirect to 15001`. */
export function describeVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'jump':
      return `→ ${verdict.chain}`;
    case 'redirect':
      return `redirect to ${verdict.port}`;
    case 'tproxy':
      return `tproxy to ${verdict.port}, mark ${hex(verdict.mark)}`;
    case 'mark':
      return `mark ${hex(verdict.mark)}`;
    case 'connection-mark':
      return `mark the connection ${hex(verdict.mark)}`;
    case 'zone':
      return `in zone ${verdict.zone}`;
    case 'source-ports':
      return `from port ${formatPortRange(verdict.ports)}`;
    case 'reset':
      return 'refuse';
    case 'return':
    case 'accept':
    case 'drop':
      return verdict.kind;
  }
}
