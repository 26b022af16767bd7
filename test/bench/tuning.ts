import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attempt, Change, Traffic } from './attempts/attempt.ts';
import { ofConnections } from './attempts/connections.ts';
import { ofHttp } from './attempts/http.ts';
import { ofProcess } from './attempts/process.ts';
import { edited } from './bootstrap-edits.ts';
import { runRounds, type Sample } from './proxy-rounds.ts';
import { createWays, ours, oursHttp, type Way, type Ways } from './proxy-ways.ts';
import { renderAttempts, type Tried } from './tuning-document.ts';

/**
 * `make bench-tuning`: what a request takes of the proxy's processor time with a change, beside the proxy without it.
 * Writes docs/bench-tuning.md. `ROUNDS=1` is for a look, and a word on the command line for the attempts that have it.
 */

const rounds = Number(process.env.ROUNDS ?? 8);
const connections = 32;
const [, , word = ''] = process.argv;
const attempts: readonly Attempt[] = [...ofProcess, ...ofConnections, ...ofHttp];
const document = join(import.meta.dirname, '../../docs/bench-tuning.md');

const tried: Tried[] = [];
for (const attempt of attempts.filter(({ what }) => what.includes(word))) {
  for (const on of attempt.on) {
    const samples = await compare(attempt, on);
    tried.push({ attempt, on, ...samples });
    console.log(
      renderAttempts(rounds, tried.slice(-1))
        .split('\n')
        .findLast((line) => line.startsWith('| ')),
    );
  }
}
if (word === '') await writeFile(document, renderAttempts(rounds, tried));

async function compare(
  { change, base = {} }: Attempt,
  on: Traffic,
): Promise<Record<'without' | 'having', Sample[]>> {
  const made = await createWays();
  try {
    const ways = { without: await start(made, on, base), having: await start(made, on, change) };
    return await runRounds(ways, { connections, seconds: 1, isShort: on === 'short' }, rounds);
  } finally {
    await made.close();
  }
}

function start(
  made: Ways,
  on: Traffic,
  { input = {}, edit = () => {}, concurrency = 1, env = {} }: Change,
): Promise<Way> {
  const render = on === 'HTTP' ? oursHttp(input) : ours(input);
  return made.envoy((adminSocket) => edited(render(adminSocket), edit), { concurrency, env });
}
