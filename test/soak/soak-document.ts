import { quantile } from '../bench/quantile.ts';
import type { Creation } from './creations.ts';
import type { Soaked } from './soak.ts';

/** The text of docs/soak.md. */
export function renderSoak(soaked: Soaked, minutes: number, seed: number): string {
  const { creations, handshakes, faults } = soaked;
  const failed = creations.all.flatMap(({ failure }) => failure ?? []);
  const healed = failed.flatMap(({ healedAfter }) => healedAfter ?? []);
  const reasons = [...countOf(failed.map(({ why }) => why))].sort(([, a], [, b]) => b - a);
  const times = creations.all.map(({ milliseconds }) => milliseconds);
  return `# Ten minutes in which things break

\`make soak\` writes this page; \`SEED=${seed} make soak\` has the same faults again. On a real node, two replicas of \`outrider
certificates\` run with \`--lifetime=2m --ca-lifetime=2m\`, so that certificates and CAs are renewed all the time. For ${minutes} minutes
20 pods a second are sent that should have a proxy (server-side dry run), by ten clients that keep their connections; what is
refused is sent again, as controllers do. Meanwhile one of the webhook's two replicas is killed or its pod deleted, at random,
and again a moment after both are ready; the Secret of what they serve is deleted; a stranger's certificate is written
into every \`caBundle\`. Twice a second each replica that is ready gets a new connection, which trusts what \`caBundle\` said just
before.

| what was done | |
| --- | --- |
| processes of the webhook killed (SIGKILL) | ${faults?.killed ?? 0} |
| pods of the webhook deleted | ${faults?.deleted ?? 0} |
| Secret deleted | ${faults?.secretsDeleted ?? 0} |
| \`caBundle\` overwritten | ${faults?.bundlesOverwritten ?? 0} |

| what became of pods | |
| --- | --- |
| pods sent | ${creations.all.length} |
| taken without their proxy | ${creations.uninjected} |
| refused at first | ${failed.length} |
| of which refused for five seconds | ${failed.length - healed.length} |
| longest from a refusal to the proxy | ${healed.length === 0 ? 'none' : seconds(Math.max(...healed))} |
| time to the answer: median, 99 of 100, longest | ${[0.5, 0.99, 1].map((q) => seconds(quantile(times, q))).join(', ')} |

| why refused at first | |
| --- | --- |
${rowsOf(reasons)}

| certificates | |
| --- | --- |
| connections to replicas | ${handshakes.made} |
| to one that ended just then | ${handshakes.unreached} |
| certificate not trusted at first | ${handshakes.doubted.length} |
| nor five seconds later | ${handshakes.distrusted.length} |
| certificates that were shown | ${handshakes.certificates} |
| CAs that were trusted | ${handshakes.authorities} |
| most CAs in \`caBundle\` at a time | ${handshakes.mostTrusted} |
`;
}

/** What must not be, in words; nothing where all is well. */
export function problemsOf({ creations, handshakes }: Soaked): string[] {
  const unhealed = creations.all.filter(({ failure }) => failure && failure.healedAfter === undefined);
  return [
    ...(creations.uninjected > 0 ? [`${creations.uninjected} pods were taken without their proxy`] : []),
    ...unhealed.map(describe),
    ...handshakes.distrusted.map((why) => `a certificate was not trusted for five seconds: ${why}`),
  ];
}

const rowsOf = (reasons: readonly (readonly [string, number])[]): string =>
  reasons.map(([why, count]) => `| \`${why.replaceAll('|', '\\|')}\` | ${count} |`).join('\n') ||
  '| none | 0 |';

const describe = ({ at, failure }: Creation): string =>
  `a pod was refused for five seconds, ${seconds(at)} after the start: ${failure?.why}`;

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

function countOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
