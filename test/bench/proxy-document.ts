import type { Memory } from './proxy-memory.ts';
import type { Sample } from './proxy-rounds.ts';
import { loads, quotients, titles, type WayName } from './proxy-scenarios.ts';
import { median, quantile } from './quantile.ts';

export interface Measured {
  readonly rounds: number;
  readonly seconds: number;
  /** By the title of the load. */
  readonly samples: Readonly<Record<string, Readonly<Record<WayName, readonly Sample[]>>>>;
  /** Of the machine. */
  readonly cores: number;
  /** That a proxy has by default. */
  readonly threads: number;
  readonly memory: Readonly<Record<'tcp' | 'http', Memory>>;
}

const names = Object.keys(titles) as WayName[];
const others = names.filter((name) => name !== 'direct');

/** The text of docs/bench-proxy.md. */
export function renderProxyCosts({ rounds, seconds, samples, memory, threads, cores }: Measured): string {
  const of = (load: string, way: WayName): readonly Sample[] => samples[load]?.[way] ?? [];
  const all = (load: string, way: WayName, field: keyof Sample): number[] =>
    of(load, way).map((sample) => sample[field]);
  /** By round, so that what the machine did meanwhile falls on both. */
  const quotient = (load: string, way: WayName, to: WayName, field: keyof Sample = 'perSecond'): number[] =>
    of(load, way).map((sample, round) => sample[field] / (of(load, to)[round]?.[field] ?? Number.NaN));
  const table = (
    title: string,
    rows: readonly WayName[],
    cell: (load: string, way: WayName) => string,
  ): string =>
    [
      `| ${title} | ${loads.map((load) => load.title).join(' | ')} |`,
      `| --- |${' --- |'.repeat(loads.length)}`,
      ...rows.map((way) => `| ${titles[way]} | ${loads.map((load) => cell(load.title, way)).join(' | ')} |`),
    ].join('\n');

  const share = (way: WayName): string => (100 * median(all('32 connections', way, 'kernel'))).toFixed(0);
  const against = table('requests a second against direct', names, (load, way) =>
    way === 'direct'
      ? `1.00 (${thousands(median(all(load, way, 'perSecond')))}/s)`
      : withSpread(quotient(load, way, 'direct')),
  );
  const within = table('half, and 99 of 100, within', names, (load, way) =>
    [all(load, way, 'p50'), all(load, way, 'p99')].map((times) => milliseconds(median(times))).join(', '),
  );
  const added = table('added to the 99 of 100', others, (load, way) =>
    milliseconds(median(all(load, way, 'p99')) - median(all(load, 'direct', 'p99'))),
  );
  const costs = table(
    'processor time of the proxies for a request',
    others,
    (load, way) => `${withSpread(all(load, way, 'cost'), 0)} µs`,
  );
  const compared = quotients.map(({ of: one, to, load }) => {
    const later = of(load, one).map(({ p99 }, round) => p99 - (of(load, to)[round]?.p99 ?? Number.NaN));
    const cells = [
      `${titles[one]}, against ${titles[to]}`,
      withSpread(quotient(load, one, to)),
      withSpread(quotient(load, one, to, 'cost')),
      milliseconds(median(later)),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const held = (['tcp', 'http'] as const).map((way) => {
    const { idle, quiet, active } = memory[way];
    return `| ${titles[way]} | ${[idle, quiet, active].map((mebibytes) => `${mebibytes.toFixed(0)} MiB`).join(' | ')} |`;
  });

  return `# What a hop through the proxy costs

\`make bench-proxy\` writes this page. It asks one server in a pod by ${names.length} ways, in turns: ${rounds} rounds of ${seconds === 1 ? 'a second' : `${seconds} s`} each, requests
without a body, the client in a network namespace of its own. A proxy has one thread where nothing else is said; by default
there are ${threads}. The server is HAProxy, which answers by itself. Client, proxies and server share the machine's cores, ${cores} of them. What says
most is the ratio to the direct way of the same round, and the processor time of the proxies for a request; in brackets stand the
least and the most of the rounds.

${against}

${costs}

| with 32 connections | requests a second | processor time | 99 of 100 later by |
| --- | --- | --- | --- |
${compared.join('\n')}

Of the processor time of Outrider's proxy, with 32 connections, ${share('tcp')} % are the kernel's for bytes, and ${share('http')} % for HTTP.

Times to the answer are those under full load: a way that carries twice as many requests has each wait half as long.

${within}

${added}

| anonymous memory of a proxy, threads as by default | idle | 1 000 quiet connections | 1 000 busy connections |
| --- | --- | --- | --- |
${held.join('\n')}

HAProxy without redirect is called by the client itself, as a gateway is; what a redirect costs, the row below it tells. The
Envoy that sniffs has the shape of Istio's sidecar on a port that nobody declared, as far as the stock Envoy has its filters
(\`test/bench/sniffing.ts\`): what counts and exchanges metadata there comes on top. Where HTTP is declared, each connection of
a client's has one of its own to the application, also with a request each, and requests and answers pass as they were written;
[protocols](protocols.md) tells what that is for. [What was tried](bench-tuning.md) to make a hop cheaper has a page of its own.
`;
}

function withSpread(values: readonly number[], digits = 2): string {
  const [low, middle, high] = [quantile(values, 0), median(values), quantile(values, 1)];
  return `${middle.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

/** With two digits that say something. */
function milliseconds(microseconds: number): string {
  const value = microseconds / 1000;
  const size = Math.abs(value);
  return `${value.toFixed(size < 0.1 ? 3 : size < 1 ? 2 : size < 10 ? 1 : 0)} ms`;
}

const thousands = (count: number): string =>
  `${Math.round(count / 100) * 100}`.replace(/(\d)(\d{3})$/, '$1 $2');
