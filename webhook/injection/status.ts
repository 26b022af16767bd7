import { createHash } from 'node:crypto';
import { table } from '../../settings/table.ts';
import { type JsonObject, objectOf } from '../admission/json.ts';
import type { Plan } from './plan.ts';
import { renderResources } from './proxy-container.ts';

/** Text of the annotation `outrider.io/status`: information for people and tools, never evidence of anything. */
export function renderStatus({ settings, proxyUid, podLimits, version }: Plan): string {
  const final = { ...settings, proxyUids: [proxyUid] };
  const texts = table.map(({ key, field, format }) => `${key}=${format(final[field])}\n`);
  const digest = createHash('sha256').update(texts.join('')).digest('hex');
  return JSON.stringify({
    version,
    settings: `sha256:${digest}`,
    resources: renderResources(settings, podLimits),
  });
}

/** The resources that we gave the proxy of a pod with this status, without what others asked for. */
export function readRenderedResources(status: string): JsonObject {
  try {
    const { resources } = JSON.parse(status);
    return objectOf(resources);
  } catch {
    return {};
  }
}
