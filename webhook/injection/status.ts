import { createHash } from 'node:crypto';
import { table } from '../../settings/table.ts';
import type { Plan } from './plan.ts';

/** Text of the annotation `outrider.io/status`: information for people and tools, never evidence of anything. */
export function renderStatus({ settings, proxyUid, version }: Plan): string {
  const final = { ...settings, proxyUids: [proxyUid] };
  const texts = table.map(({ key, field, format }) => `${key}=${format(final[field])}\n`);
  const digest = createHash('sha256').update(texts.join('')).digest('hex');
  return JSON.stringify({ version, settings: `sha256:${digest}` });
}
