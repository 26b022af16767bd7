import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Measured, renderProxyCosts } from './proxy-document.ts';
import { measureMemory } from './proxy-memory.ts';
import { runRounds, type Sample } from './proxy-rounds.ts';
import { loads, type WayName } from './proxy-scenarios.ts';
import { byDefault, createWays, ours, oursHttp } from './proxy-ways.ts';
import { sniffing } from './sniffing.ts';

/**
 * `make bench-proxy`: what a hop through the inbound proxy, and a hop through the client's as well, cost a request beside
 * other ways to the same server; and what memory a proxy takes. Writes docs/bench-proxy.md; `ROUNDS=1` is for a look.
 */

const rounds = Number(process.env.ROUNDS ?? 7);
const seconds = 1;
const document = join(import.meta.dirname, '../../docs/bench-proxy.md');

const samples = await measureRates();
const memory = await measureMemories();
const threads = byDefault.concurrency;
const text = renderProxyCosts({ rounds, seconds, samples, memory, threads, cores: availableParallelism() });
await writeFile(document, text);
console.log(text);

async function measureRates(): Promise<Measured['samples']> {
  const made = await createWays();
  try {
    const ways = {
      direct: await made.direct(),
      tcp: await made.envoy(ours()),
      tcpByDefault: await made.envoy(ours(), byDefault),
      http: await made.envoy(oursHttp()),
      haproxyTcp: await made.haproxy('tcp'),
      haproxyRedirected: await made.haproxyRedirected(),
      haproxyHttp: await made.haproxy('http'),
      sniffing: await made.envoy((adminSocket) => sniffing(ours()(adminSocket))),
      tcpTwice: await made.envoy(ours(), { twice: ours() }),
      httpTwice: await made.envoy(oursHttp(), { twice: ours() }),
    };
    const byLoad: Record<string, Record<WayName, Sample[]>> = {};
    for (const { title, ...load } of loads) {
      console.log(`${title}: ${rounds} rounds`);
      byLoad[title] = await runRounds(ways, { ...load, seconds }, rounds);
    }
    return byLoad;
  } finally {
    await made.close();
  }
}

async function measureMemories(): Promise<Measured['memory']> {
  const made = await createWays();
  try {
    return {
      tcp: await measureMemory(await made.envoy(ours(), byDefault)),
      http: await measureMemory(await made.envoy(oursHttp(), byDefault)),
    };
  } finally {
    await made.close();
  }
}
