import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder } from '../cluster/cache.ts';
import type { Host } from '../net/host.ts';
import { createPair } from '../net/pair.ts';
import { type Contender, measure, summarize } from './measure.ts';

/** `make bench`: what `outrider-init`, which every pod waits for, costs. Ratios hold on any machine; times do not. */

const root = join(import.meta.dirname, '../..');
const compiled = join(root, 'dist/outrider-init');
const sources = join(root, 'init/main.ts');
const proxyInit = join(cacheFolder(), 'proxy-init-1.6.0');
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

const { pod, peer, close } = await createPair();
try {
  const within = (host: Host, ...command: string[]): void =>
    run('ip', ['netns', 'exec', host.name, ...command]);
  const inPod = (...command: string[]): void => within(pod, ...command);
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

  // The newest version of Linkerd's that can be had as a Go module knows IPv4 alone. Each has a namespace of its own.
  const linkerds = [
    '-o',
    '15001',
    '-p',
    '15006',
    '-u',
    '51337',
    '--inbound-ports-to-ignore',
    '15020,15021,15090',
  ];
  const versus: Contender[] = [
    {
      name: "Linkerd's proxy-init 1.6.0",
      prepare: () => within(peer, 'iptables-restore', join(import.meta.dirname, 'empty-nat.txt')),
      run: () => within(peer, proxyInit, ...linkerds),
    },
    {
      name: 'outrider-init apply',
      prepare: () => inPod(compiled, 'cleanup'),
      run: () => inPod(compiled, 'apply', '--ip-families', 'ipv4'),
    },
  ];
  console.log(summarize('the rules, IPv4, nothing there before', measure(versus, rounds)));

  const many = (count: number, item: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => item(index)).join();
  const long = [
    '--exclude-outbound-cidrs',
    many(500, (index) => `10.${index >> 8}.${index & 255}.0/24`),
    '--exclude-outbound-ports',
    many(200, (index) => `${20_000 + 2 * index}`),
  ];
  const size = (backend: string, flags: readonly string[], name: string): Contender => ({
    name: `${backend}, ${name}`,
    prepare: () => inPod(compiled, 'cleanup'),
    run: () => inPod(compiled, 'apply', ...dual, '--backend', backend, ...flags),
  });
  for (const backend of ['nft', 'nftables']) {
    const sizes = [size(backend, [], 'default settings'), size(backend, long, '500 CIDRs and 200 ports')];
    console.log(summarize('the rules, IPv4 and IPv6, by size', measure(sizes, rounds / 2)));
  }
} finally {
  await close();
}
