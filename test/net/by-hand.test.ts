import { expect } from 'chai';
import { runInit } from './executable.ts';
import type { Host } from './host.ts';
import { kernelState } from './kernel-state.ts';
import { usePair } from './use-pair.ts';

const dual = ['--ip-families', 'dual'];
const tproxy = [...dual, '--redirect-mode', 'tproxy'];
const cage = [...dual, '--outbound-policy', 'blackhole'];
const rich = [
  ...tproxy,
  ...['--outbound-policy', 'blackhole', '--drop-invalid', 'true', '--proxy-uid', '51337,51338'],
  ...['--include-outbound-cidrs', '10.0.0.0/8,fd00::/8', '--exclude-outbound-cidrs', '10.1.2.0/24'],
  ...[
    '--include-outbound-ports',
    '443',
    '--exclude-outbound-ports',
    '1-2,3-4,5-6,7-8,9-10,11-12,13-14,15-16',
  ],
  ...['--exclude-inbound-cidrs', '192.0.2.0/24,2001:db8::/32', '--exclude-inbound-ports', '22'],
  ...['--exclude-interfaces', 'eth1,a-b_c.d', '--virtual-interfaces', 'tap0'],
  ...['--exclude-uids', '0,1001', '--exclude-gids', '2002', '--proxy-gid', '51337'],
];

const changes: readonly { says: string; before?: readonly string[]; args: readonly string[] }[] = [
  { says: 'a first apply', args: ['apply', ...dual] },
  { says: 'a first apply with tproxy', args: ['apply', ...tproxy] },
  { says: 'a first apply of a cage', args: ['apply', ...cage] },
  { says: 'a first apply of many settings', args: ['apply', ...rich] },
  { says: 'an update', before: rich, args: ['apply', ...cage, '--proxy-uid', '7'] },
  { says: 'an update to one family', before: tproxy, args: ['apply', '--ip-families', 'ipv4'] },
  { says: 'a cleanup', before: rich, args: ['cleanup'] },
];

describe('What a dry run prints', function () {
  this.timeout(60_000);
  const byItself = usePair();
  const byShell = usePair();
  const byProgram = usePair();

  for (const backend of ['nft', 'legacy', 'nftables']) {
    for (const { says, before, args } of changes) {
      it(`does by hand the same as the run itself: ${says}, with ${backend}`, async () => {
        const chosen = args[0] === 'apply' ? [...args, '--backend', backend] : args;
        await expectSame(before && ['apply', ...before, '--backend', backend], chosen);
      });
    }
  }

  it('does by hand the same as the run itself: a move to another backend', async () => {
    await expectSame(['apply', ...rich, '--backend', 'legacy'], ['apply', ...rich, '--backend', 'nftables']);
    await expectSame(['apply', ...rich, '--backend', 'nftables'], ['apply', ...cage, '--backend', 'nft']);
  });

  async function expectSame(before: readonly string[] | undefined, args: readonly string[]): Promise<void> {
    const hosts = [byItself.pod, byShell.pod, byProgram.pod] as const;
    if (before !== undefined) for (const host of hosts) await succeed(host, before);
    const [itself, shell, program] = hosts;
    const start = await kernelState(itself);
    await succeed(itself, args);
    const script = await succeed(shell, [...args, '--dry-run']);
    const done = await shell.exec('sh', ['-e'], { input: script });
    expect(done.exitCode, done.stderr).to.equal(0);
    await runCommands(
      program,
      JSON.parse(await succeed(program, [...args, '--dry-run', '--output', 'json'])),
    );
    const wanted = await kernelState(itself);
    expect(wanted).not.to.equal(start);
    expect(await kernelState(shell)).to.equal(wanted);
    expect(await kernelState(program)).to.equal(wanted);
  }
});

async function succeed(host: Host, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runInit(host, args);
  expect(exitCode, stderr).to.equal(0);
  return stdout;
}

interface DryRun {
  readonly families: readonly {
    readonly commands: readonly {
      readonly command: string;
      readonly args: readonly string[];
      readonly input?: string;
    }[];
  }[];
}

async function runCommands(host: Host, { families }: DryRun): Promise<void> {
  for (const { command, args, input = '' } of families.flatMap(({ commands }) => commands)) {
    const { exitCode, stderr } = await host.exec(command, args, { input });
    expect(exitCode, stderr).to.equal(0);
  }
}
