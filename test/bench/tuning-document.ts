import type { Attempt, Traffic } from './attempts/attempt.ts';
import type { Sample } from './proxy-rounds.ts';
import { median, quantile } from './quantile.ts';

export interface Tried {
  readonly attempt: Attempt;
  readonly on: Traffic;
  readonly without: readonly Sample[];
  readonly having: readonly Sample[];
}

/** The text of docs/bench-tuning.md. */
export function renderAttempts(rounds: number, tried: readonly Tried[]): string {
  const rows = tried.map(({ attempt, on, without, having }) => {
    const costs = (samples: readonly Sample[]): number[] => samples.map(({ cost }) => cost);
    const ratio = quantile(costs(having), 0.25) / quantile(costs(without), 0.25);
    const spread = having.map(({ cost }, round) => cost / (without[round]?.cost ?? Number.NaN));
    const rates = median(having.map(({ perSecond }, round) => perSecond / (without[round]?.perSecond ?? 0)));
    const middle = [0.25, 0.75].map((q) => quantile(spread, q).toFixed(2)).join(' to ');
    return `| ${attempt.what} | ${on} | ${ratio.toFixed(2)} (${middle}) | ${rates.toFixed(2)} | ${attempt.verdict} |`;
  });
  return `# What was tried to make a hop cheaper

\`make bench-tuning\` writes this page. Each attempt is a proxy with one change, beside one without it, in turns: ${rounds} rounds of
a second, 32 connections, one thread. The processor time of a request is that of the proxy; what else a machine does makes it
longer and never shorter, so the ratio is that of the lower quarters of the rounds, and in brackets stands the middle half of the
ratios, round by round. Less than 1 is cheaper. Of traffic, \`bytes\` and \`HTTP\` (declared) keep their connections; in
\`short\`, each request comes by a connection of its own, as bytes.

| what | traffic | processor time | requests a second | what came of it |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

Where the middle half has 1 in it, there is nothing to be seen. Without a measurement: SO_BUSY_POLL asks for NET_ADMIN, which the
proxy does not have; SO_RCVLOWAT would hold bytes back; TCP_NODELAY is set on all connections, as Envoy does by itself.
`;
}
