import { createHash } from 'node:crypto';
import { table } from '../../settings/table.ts';
import { type JsonObject, objectOf } from '../admission/json.ts';
import type { Revision } from '../decision/revision.ts';
import { renderDrain } from './drain.ts';
import type { Plan } from './plan.ts';
import { renderResources } from './proxy-container.ts';

/** Text of the annotation `outrider.io/status`: information for people and tools, never evidence of anything. */
export function renderStatus({
  settings,
  proxyUid,
  podLimits,
  drainSeconds,
  version,
  revision,
}: Plan): string {
  const final = { ...settings, proxyUids: [proxyUid] };
  const texts = table.map(({ key, field, format }) => `${key}=${format(final[field])}\n`);
  const digest = createHash('sha256').update(texts.join('')).digest('hex');
  return JSON.stringify({
    version,
    ...(revision !== undefined && { revision }),
    settings: `sha256:${digest}`,
    resources: renderResources(settings, podLimits),
    ...renderDrain(drainSeconds),
  });
}

/** What the status tells of who injected a pod, and by which settings. */
export interface ToldStatus {
  readonly version: string | undefined;
  readonly revision: Revision;
  /** Digest of the settings. */
  readonly settings: string | undefined;
}

/** @param status text of the annotation; nothing is told by one that is none of ours */
export function readTold(status: unknown): ToldStatus {
  try {
    const { version, revision, settings } = JSON.parse(String(status));
    const textual = (value: unknown) => (typeof value === 'string' ? value : undefined);
    return { version: textual(version), revision: textual(revision), settings: textual(settings) };
  } catch {
    return { version: undefined, revision: undefined, settings: undefined };
  }
}

/** What we gave the proxy of a pod with this status of fields that are others' to change. */
export interface Given {
  readonly resources: JsonObject;
  /** None where the proxy need not stay. */
  readonly lifecycle: unknown;
}

export function readGiven(status: string): Given {
  try {
    const { resources, lifecycle } = JSON.parse(status);
    return { resources: objectOf(resources), lifecycle };
  } catch {
    return { resources: {}, lifecycle: undefined };
  }
}
