import type { Family } from '../cidr.ts';
import type { Settings } from '../settings.ts';
import type { Finding } from './finding.ts';
import { lintCidrs } from './lint-cidrs.ts';
import { lintNames } from './lint-names.ts';
import { lintPorts } from './lint-ports.ts';
import { lintProtocols } from './lint-protocols.ts';
import { lintTracing } from './lint-tracing.ts';

/** What of the settings changes nothing, as far as they alone tell, given the families that are captured. */
export function lintSettings(settings: Settings, families: readonly Family[]): readonly Finding[] {
  return [
    ...lintCidrs(settings, families),
    ...lintPorts(settings),
    ...lintNames(settings),
    ...lintProtocols(settings),
    ...lintTracing(settings),
  ];
}
