import { defaults, type Settings } from '../settings.ts';
import type { Finding } from './finding.ts';

/** How many requests are traced, where none is. */
export function lintTracing({ tracingEndpoint, tracingSampling }: Settings): readonly Finding[] {
  return tracingEndpoint === undefined && tracingSampling !== defaults.tracingSampling
    ? [{ setting: 'tracing-sampling', value: `${tracingSampling}`, why: 'there is no tracing-endpoint' }]
    : [];
}
