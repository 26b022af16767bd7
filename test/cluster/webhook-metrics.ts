import type { Request } from './api.ts';

/** What each replica of the webhook tells Prometheus. */
export async function readMetrics(api: Request): Promise<string[]> {
  const pods = '/api/v1/namespaces/outrider-system/pods';
  const list = await api('GET', `${pods}?labelSelector=app.kubernetes.io/component=webhook`);
  const names: string[] = JSON.parse(list.text).items.map(
    ({ metadata }: { metadata: { name: string } }) => metadata.name,
  );
  return await Promise.all(
    names.map(async (name) => {
      const { status, text } = await api('GET', `${pods}/https:${name}:8443/proxy/metrics`);
      if (status !== 200) throw new Error(`metrics of the webhook: ${status} ${text}`);
      return text;
    }),
  );
}

/** Reviews that all replicas of the webhook have answered so far, by `decision reason`. */
export type Reviews = Readonly<Record<string, number>>;

export async function readReviews(api: Request): Promise<Reviews> {
  const reviews: Record<string, number> = {};
  for (const text of await readMetrics(api)) {
    for (const [, labels = '', count] of text.matchAll(
      /^outrider_admission_reviews_total\{(.*)\} (\d+)$/gm,
    )) {
      const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1];
      const key = `${label('decision')} ${label('reason')}`;
      reviews[key] = (reviews[key] ?? 0) + Number(count);
    }
  }
  return reviews;
}

/** What was answered between two readings, each review by itself. */
export function reviewsBetween(before: Reviews, after: Reviews): string[] {
  return Object.entries(after).flatMap(([key, count]) => Array<string>(count - (before[key] ?? 0)).fill(key));
}
