import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Program, startProgram } from '../net/program.ts';
import { podReview } from './pod-review.ts';
import { processorTime, residentMemory } from './usage.ts';
import { pace, saturate } from './webhook-load.ts';

/**
 * `make bench-webhook`: what a review costs, on one core, over TLS and kept connections. The webhook is the executable
 * of the image, without a cluster: it looks up no namespace. In a pod that is a look into a map.
 *
 * The ratio to a bare server that parses the same bodies holds on any machine; reviews a second and times do not.
 */

const root = join(import.meta.dirname, '../..');
const [webhookPort, barePort] = [18443, 18444];
const pods = 1000;
const rounds = 5;
const seconds = 4;
const steady = { rate: 300, count: 3_000 };
const names = { webhook: 'outrider webhook', bare: 'bare express    ' };

if (availableParallelism() < 2) throw new Error('the measurement needs two cores: one to serve, one to ask');
// The server gets the first core; this process, and what it starts to ask, the second.
await execa('taskset', ['-cp', '1', `${process.pid}`]);
const onServingCore = (command: string, args: readonly string[]): Program =>
  startProgram('taskset', ['-c', '0', command, ...args], {});

/** Reads on, as the container runtime reads the log of a pod. */
function drain(program: Program): void {
  const next = (): void => void program.nextLine().then(next, () => undefined);
  next();
}

const folder = await mkdtemp(join(tmpdir(), 'outrider-bench-'));
const programs: Program[] = [];
const startWebhook = async (): Promise<Program> => {
  const options = ['--no-cluster', '--certificate-folder', folder, '--port', `${webhookPort}`];
  const program = onServingCore(join(root, 'dist/outrider'), [
    'webhook',
    ...options,
    '--ip-families',
    'dual',
  ]);
  programs.push(program);
  while (JSON.parse(await program.nextLine()).msg !== 'ready');
  drain(program);
  return program;
};

try {
  const bodies = Array.from({ length: pods }, (_, index) => podReview(index));
  const reviews = join(folder, 'reviews');
  await writeFile(reviews, bodies.join('\n'));
  const bytes = Buffer.byteLength(bodies[0] ?? '');
  console.log(`${pods} pods, reviews of ${(bytes / 1024).toFixed(1)} KiB, 32 connections, one core\n`);

  const urls = {
    webhook: `https://localhost:${webhookPort}/mutate/enabled-namespace`,
    bare: `https://localhost:${barePort}/`,
  };
  const webhook = await startWebhook();
  const ca = await readFile(join(folder, 'ca.crt'), 'utf8');
  const memory = [`${(await residentMemory(webhook.pid)).toFixed(0)} MiB before the first`];
  let posted = (await pace(urls.webhook, bodies, ca, steady)).length;
  memory.push(`${(await residentMemory(webhook.pid)).toFixed(0)} MiB after ${posted}`);
  for (const total of [20_000, 100_000]) {
    while (posted < total) posted += (await saturate(urls.webhook, reviews, 1)).requests;
    memory.push(`${(await residentMemory(webhook.pid)).toFixed(0)} MiB after ${posted}`);
  }
  console.log(`resident memory of the webhook\n  ${memory.join('\n  ')}\n`);

  const bare = onServingCore(process.execPath, [
    join(import.meta.dirname, 'fixtures/bare-server.ts'),
    `${barePort}`,
    folder,
  ]);
  programs.push(bare);
  await bare.nextLine();
  await saturate(urls.bare, reviews, seconds);

  console.log('time to the answer, at 300 a second');
  for (const name of ['webhook', 'bare'] as const) {
    const times = await pace(urls[name], bodies, ca, steady);
    const [p50, p99, most] = [0.5, 0.99, 1].map((q) => times[Math.round((times.length - 1) * q)]?.toFixed(2));
    console.log(`  ${names[name]}   p50 ${p50} ms   p99 ${p99} ms   longest ${most} ms`);
  }

  // In turns, so that what else the machine does falls on both.
  const rates = { webhook: [] as number[], bare: [] as number[] };
  const costs = { webhook: [] as number[], bare: [] as number[] };
  const pids = { webhook: webhook.pid, bare: bare.pid };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of ['webhook', 'bare'] as const) {
      const before = await processorTime(pids[name]);
      const { requests, perSecond } = await saturate(urls[name], reviews, seconds);
      rates[name].push(perSecond);
      costs[name].push(((await processorTime(pids[name])) - before) / requests);
    }
  }
  const [ours, theirs] = [median(rates.webhook), median(rates.bare)];
  console.log('\nreviews a second at saturation');
  console.log(`  ${names.webhook}   ${spread(rates.webhook)}`);
  console.log(`  ${names.bare}   ${spread(rates.bare)}`);
  console.log(`  ratio of medians   ${(ours / theirs).toFixed(2)}`);
  console.log('\nmicroseconds of processor time for a review, which what else the machine does changes less');
  console.log(`  ${names.webhook}   ${spread(costs.webhook)}`);
  console.log(`  ${names.bare}   ${spread(costs.bare)}`);
} finally {
  for (const program of programs) await program.stop();
  await rm(folder, { recursive: true });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function spread(values: readonly number[]): string {
  const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)];
  return `${middle.toFixed(0).padStart(5)}   (${low.toFixed(0)} to ${high.toFixed(0)})`;
}
