import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createPair } from '../net/pair.ts';
import { type Contender, measure, summarize } from './measure.ts';

/** `make bench`: what `outrider-init`, which every pod waits for, costs. Ratios hold on any machine; times do not. */

const root = join(import.meta.dirname, '../..');
const compiled = join(root, 'dist/outrider-init');
const sources = join(root, 'init/main.ts');
const rounds = 40;

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

console.log(`${rounds} rounds, each contender once a round; ratios to the first\n`);

const startUp: Contender[] = [
  { name: 'outrider-init (Bun, compiled)', run: () => run(compiled, ['--version']) },
  { name: 'the same sources on Node 26', run: () => run(process.execPath, [sources, '--version']) },
  { name: 'outrider (Node 26, single executable)', run: () => run(join(root, 'dist/outrider'), ['version']) },
];
console.log(summarize('start-up', measure(startUp, rounds)));

const { pod, close } = await createPair();
try {
  const inPod = (...command: string[]): void => run('ip', ['netns', 'exec', pod.name, ...command]);
  const dual = ['--ip-families', 'dual'];
  const apply: Contender[] = [
    { name: 'an empty command in the namespace', run: () => inPod('true') },
    {
      name: 'apply, nothing there before',
      prepare: () => inPod(compiled, 'cleanup'),
      run: () => inPod(compiled, 'apply', ...dual),
    },
    { name: 'apply, nothing to change', run: () => inPod(compiled, 'apply', ...dual) },
    { name: 'verify', run: () => inPod(compiled, 'verify', ...dual) },
  ];
  console.log(summarize('the rules, IPv4 and IPv6', measure(apply, rounds)));
} finally {
  await close();
}
