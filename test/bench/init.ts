import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cluster/cache.ts';
import type { Host } from '../net/host.ts';
import { createPair } from '../net/pair.ts';
import { type Contender, measure, summarize } from './measure.ts';
import { countProcesses, peakMemory } from './processes.ts';

/** `make bench-init`: what `outrider-init`, which every pod waits for, costs. Ratios hold on any machine; times do not. */

const root = join(import.meta.dirname, '../..');
const compiled = join(root, 'dist/outrider-init');
const sources = join(root, 'init/main.ts');
const proxyInit = join(cacheFolder(), 'proxy-init-1.6.2');
const rounds = 40;

/** What the image sets for all that runs in it: `NAME=value`. */
const ofImage = [...readFileSync(join(root, 'Dockerfile'), 'utf8').matchAll(/^ENV (\S+)$/gm)].map(
  ([, setting = '']) => setting,
);

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

const inImage = (command: readonly string[]): void => run('env', [...ofImage, ...command]);

console.log(
  `${rounds} rounds, each contender once a round; ratios to the first; in the image: ${ofImage.join()}\n`,
);

const startUp: Contender[] = [
  { name: 'outrider-init (Bun, compiled), in the image', run: () => inImage([compiled, '--version']) },
  { name: 'outrider-init, elsewhere', run: () => run('env', [compiled, '--version']) },
  {
    name: 'the same sources on Node 26',
    run: () => run('env', [process.execPath, sources, '--version']),
  },
  { name: 'outrider (Node 26, executable)', run: () => run('env', [join(root, 'dist/outrider'), 'version']) },
];
console.log(summarize('start-up', measure(startUp, rounds)));

const { pod, peer, close } = await createPair();
try {
  const within = (host: Host, ...command: readonly string[]): readonly string[] => [
    'ip',
    'netns',
    'exec',
    host.name,
    ...command,
  ];
  const outrider = (...args: readonly string[]): readonly string[] => within(pod, compiled, ...args);
  const clean = (): void => inImage(outrider('cleanup'));
  const dual = ['--ip-families', 'dual'];

  // Each has a namespace of its own. The newest version of Linkerd's that can be had as a Go module writes one family
  // a run; for both it is run twice, of which the second start is taken off again below.
  const linkerd = (family: 'iptables' | 'ip6tables'): readonly string[] => [
    ...within(peer, proxyInit, '-o', '15001', '-p', '15006', '-u', '51337'),
    ...['--inbound-ports-to-ignore', '15020,15021,15090'],
    ...['--firewall-bin-path', family, '--firewall-save-bin-path', `${family}-save`],
  ];
  const cleanLinkerd = (): void => {
    for (const family of ['iptables', 'ip6tables'])
      inImage(within(peer, `${family}-restore`, join(import.meta.dirname, 'empty-nat.txt')));
  };
  const versus: Contender[] = [
    {
      name: "Linkerd's proxy-init 1.6.2, both families",
      prepare: cleanLinkerd,
      run: () => {
        inImage(linkerd('iptables'));
        inImage(linkerd('ip6tables'));
      },
    },
    {
      name: 'outrider-init, both families',
      prepare: clean,
      run: () => inImage(outrider('apply', ...dual)),
    },
    {
      name: 'outrider-init, elsewhere',
      prepare: clean,
      run: () => run('env', [...outrider('apply', ...dual)]),
    },
    { name: "start of Linkerd's alone", run: () => inImage(within(peer, proxyInit, '--help')) },
    {
      name: "Linkerd's proxy-init 1.6.2, IPv4",
      prepare: cleanLinkerd,
      run: () => inImage(linkerd('iptables')),
    },
    {
      name: 'outrider-init, IPv4',
      prepare: clean,
      run: () => inImage(outrider('apply', '--ip-families', 'ipv4')),
    },
  ];
  const measured = measure(versus, rounds);
  console.log(summarize('the rules, nothing there before', measured));
  const [both = Number.NaN, ours = Number.NaN, , start = Number.NaN] = measured.map(({ median }) => median);
  console.log(
    `outrider-init to Linkerd's in both families, one start of two taken off: ${(ours / (both - start)).toFixed(2)}\n`,
  );

  const apply: Contender[] = [
    { name: 'apply, nothing to change', run: () => inImage(outrider('apply', ...dual)) },
    { name: 'verify', run: () => inImage(outrider('verify', ...dual)) },
    { name: 'an empty command in the namespace', run: () => inImage(within(pod, 'true')) },
  ];
  inImage(outrider('apply', ...dual));
  console.log(summarize('the rules, IPv4 and IPv6, all there already', measure(apply, rounds)));

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
    prepare: clean,
    run: () => inImage(outrider('apply', ...dual, '--backend', backend, ...flags)),
  });
  for (const backend of ['nft', 'nftables']) {
    const sizes = [size(backend, [], 'default settings'), size(backend, long, '500 CIDRs and 200 ports')];
    console.log(summarize('the rules, IPv4 and IPv6, by size', measure(sizes, rounds / 2)));
  }

  console.log('processes of one run, and its peak memory');
  const tell = (name: string, prepare: () => void, command: readonly string[]): void => {
    prepare();
    const { reading, changing } = countProcesses(['env', ...ofImage, ...command]);
    prepare();
    const memory = `${(peakMemory(['env', ...ofImage, ...command]) / 1024).toFixed(0)} MiB`;
    console.log(
      `  ${name.padEnd(42)}${`${changing} changing`.padStart(12)}${`${reading} reading`.padStart(12)}${memory.padStart(10)}`,
    );
  };
  tell("Linkerd's, IPv4", cleanLinkerd, linkerd('iptables'));
  for (const backend of ['nft', 'nftables', 'legacy'])
    tell(`outrider-init, both families, ${backend}`, clean, outrider('apply', ...dual, '--backend', backend));
  tell('outrider-init, both families, nft, TPROXY', clean, [
    ...outrider('apply', ...dual, '--backend', 'nft', '--redirect-mode', 'tproxy'),
  ]);
} finally {
  await close();
}
