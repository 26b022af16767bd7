import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApi } from '../cluster/api.ts';
import { raiseCluster } from '../cluster/cluster.ts';
import { installOutrider } from '../cluster/outrider.ts';
import { whileShortLived } from './lives.ts';
import { soak } from './soak.ts';
import { problemsOf, renderSoak } from './soak-document.ts';

/** `make soak`: writes docs/soak.md. `MINUTES=2` is for a look; `SEED` has the faults of a run again. */

const minutes = Number(process.env.MINUTES ?? 10);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const document = join(import.meta.dirname, '../../docs/soak.md');

console.log(`seed: ${seed}`);
const cluster = await raiseCluster();
const api = await openApi(cluster);
try {
  await installOutrider(cluster);
  const input = { cluster, api: api.request, seconds: minutes * 60, seed };
  const soaked = await whileShortLived(cluster, () => soak(input));
  const text = renderSoak(soaked, minutes, seed);
  await writeFile(document, text);
  console.log(text);
  const problems = problemsOf(soaked);
  console.log(problems.join('\n'));
  if (problems.length > 0) process.exitCode = 1;
} finally {
  await api.stop();
  if (cluster.raisedHere && process.env.KEEP_CLUSTER !== '1') await cluster.stop();
}
