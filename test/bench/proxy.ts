import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Envoy, startEnvoy } from '../net/envoy.ts';
import { runInit } from '../net/executable.ts';
import { createPair, type Pair } from '../net/pair.ts';
import { haproxyConfiguration, haproxyPorts, ours, served, sniffing } from './proxy-paths.ts';
import { saturate } from './wrk.ts';

/**
 * `make bench-proxy`: what one hop through the inbound proxy costs a request, beside other ways to the same server. The
 * ratios to the direct way hold on other machines as well, roughly; requests a second do not.
 */

const rounds = 5;
const seconds = 1;
const crowds = [1, 32, 256];

const pairs: Pair[] = [];
const envoys: Envoy[] = [];
const folder = await mkdtemp(join(tmpdir(), 'outrider-bench-'));

/** A pod with the server in it, and perhaps HAProxy before the server. */
async function createPod(asProxy: boolean): Promise<Pair> {
  const pair = await createPair();
  pairs.push(pair);
  const file = join(folder, `${pairs.length}.cfg`);
  await writeFile(file, haproxyConfiguration(asProxy));
  pair.pod.spawn('haproxy', ['-db', '-f', file]);
  return pair;
}

/** The same with the rules, and Envoy behind them. */
async function createInjected(render: (adminSocket: string) => object): Promise<Pair> {
  const pair = await createPod(false);
  const { exitCode, stderr } = await runInit(pair.pod, ['apply', '--ip-families', 'ipv4']);
  if (exitCode !== 0) throw new Error(stderr);
  envoys.push(await startEnvoy(pair.pod, render));
  return pair;
}

try {
  const bare = await createPod(true);
  const injected = await createInjected(ours);
  const sniffed = await createInjected(sniffing);
  const paths = [
    { name: 'direct', pair: bare, port: served },
    { name: "Outrider's proxy: redirect, TCP, one worker", pair: injected, port: served },
    { name: 'HAProxy, TCP, one thread', pair: bare, port: haproxyPorts.tcp },
    { name: 'HAProxy, HTTP, one thread', pair: bare, port: haproxyPorts.http },
    { name: 'Envoy: redirect, sniffing, HTTP, one worker', pair: sniffed, port: served },
  ];
  console.log(`${rounds} rounds of ${seconds} s, in turns; median (least to most) of the ratio to direct\n`);

  for (const crowd of crowds) {
    const results = paths.map((): { ratio: number; perSecond: number; p99: number }[] => []);
    for (let round = 0; round < rounds; round += 1) {
      let direct = Number.NaN;
      for (const [index, { pair, port }] of paths.entries()) {
        const url = `http://${pair.pod.addresses.ipv4}:${port}/`;
        const { perSecond, p99 } = await saturate(pair.peer, url, crowd, seconds);
        if (index === 0) direct = perSecond;
        results[index]?.push({ ratio: perSecond / direct, perSecond, p99 });
      }
    }
    console.log(`${crowd} connection${crowd > 1 ? 's' : ''}`);
    for (const [index, { name }] of paths.entries()) {
      const of = (field: 'ratio' | 'perSecond' | 'p99'): number[] =>
        (results[index] ?? []).map((one) => one[field]).sort((a, b) => a - b);
      const ratios = of('ratio');
      const spread = `(${ratios[0]?.toFixed(2)} to ${ratios.at(-1)?.toFixed(2)})`;
      const [ratio, rate, p99] = [ratios, of('perSecond'), of('p99')].map(
        (values) => values[Math.floor(rounds / 2)] ?? Number.NaN,
      );
      console.log(
        `  ${name.padEnd(46)}${ratio?.toFixed(2)}  ${spread.padEnd(16)}${rate?.toFixed(0).padStart(8)}/s` +
          `   99 % within ${((p99 ?? Number.NaN) / 1000).toFixed(2)} ms`,
      );
    }
    console.log('');
  }
} finally {
  for (const envoy of envoys) await envoy.stop();
  for (const pair of pairs) await pair.close();
  await rm(folder, { recursive: true });
}
