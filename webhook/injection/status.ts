import { createHash } from 'node:crypto';
import { table } from '../../settings/table.ts';
import { type JsonObject, objectOf } from '../admission/json.ts';
import { renderDrain } from './drain.ts';
import type { Plan } from './plan.ts';
import { renderResources } from './proxy-container.ts';

/** Text of the annotation `outrider.io/status`: information for people and tools, never evidence of anything. */
export function renderStatus({ settings, proxyUid, podLimits, drainSeconds, version }: Plan): string {
  const final = { ...settings, proxyUids: [proxyUid] };
  const texts = table.map(({ key, field, format }) => `${key}=${format(final[field])}\n`);
  const digest = createHash('sha256').update(texts.join('')).digest('hex');
  return JSON.stringify({
    version,
    settings: `sha256:${digest}`,
    resources: renderResources(settings, podLimits),
    ...renderDrain(drainSeconds),
  });
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
