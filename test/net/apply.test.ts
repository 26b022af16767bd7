import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { executable, runInit } from './executable.ts';
import { changeRules, kernelState } from './kernel-state.ts';
import { usePair } from './use-pair.ts';

const dual = ['--ip-families', 'dual'];
const foreign = [
  ':FOREIGN - [0:0]',
  '-A OUTPUT -p tcp -m comment --comment "not -j OUTRIDER_OUTPUT" -j FOREIGN',
  '-A PREROUTING -p udp --dport 53 -j REDIRECT --to-ports 5353',
  '-A FOREIGN -d 192.0.2.1/32 -p tcp -j RETURN',
];

describe('Apply and cleanup', () => {
  const pair = usePair();

  it('leave the same rules when applied twice as when applied once', async () => {
    expect((await runInit(pair.pod, ['apply'])).stdout).to.equal(
      'ipv4: rules written\nipv6: rules written\n',
    );
    const once = await kernelState(pair.pod);
    const again = await runInit(pair.pod, ['apply', '--output', 'json']);
    expect(JSON.parse(again.stdout)).to.deep.equal({
      command: 'apply',
      families: [
        { family: 'ipv4', changed: false },
        { family: 'ipv6', changed: false },
      ],
      findings: [],
    });
    expect(await kernelState(pair.pod)).to.equal(once);
    expect(once.match(/-j OUTRIDER_INBOUND/g)).to.have.length(2);
    expect(once).to.include('::6/128');
  });

  it('leave nothing when cleaned up, once or twice', async () => {
    const before = await kernelState(pair.pod);
    await runInit(pair.pod, ['apply', ...dual]);
    const cleanup = await runInit(pair.pod, ['cleanup']);
    expect(cleanup).to.deep.equal({ exitCode: 0, stdout: 'ipv4: removed\nipv6: removed\n', stderr: '' });
    expect(await kernelState(pair.pod)).to.equal(before);
    const again = await runInit(pair.pod, ['cleanup']);
    expect(again.stdout).to.equal('ipv4: nothing to remove\nipv6: nothing to remove\n');
    expect(again.exitCode).to.equal(0);
  });

  it('clean up without IPv6 tools, but not without any', async () => {
    await runInit(pair.pod, ['apply', '--ip-families', 'ipv4']);
    await withTools(['iptables-save', 'iptables-restore'], async (PATH) => {
      const { exitCode, stdout } = await runInit(pair.pod, ['cleanup'], { env: { PATH } });
      expect({ exitCode, stdout }).to.deep.equal({ exitCode: 0, stdout: 'ipv4: removed\n' });
    });
    await withTools([], async (PATH) => {
      const { exitCode, stderr } = await runInit(pair.pod, ['cleanup'], { env: { PATH } });
      expect({ exitCode, stderr }).to.deep.equal({
        exitCode: 5,
        stderr: 'ipv4: iptables-save is not installed\n',
      });
    });
  });

  it('leave the rules of others as they are, through apply, update and cleanup', async () => {
    await changeRules(pair.pod, foreign);
    const before = await kernelState(pair.pod);
    const withoutOurs = async () =>
      (await kernelState(pair.pod))
        .replace(/^.*OUTRIDER_(?!OUTPUT").*\n/gm, '')
        .replace(' ::6/128', '')
        .replace(/^\*\w+\n(:[A-Z]+ ACCEPT\n)*COMMIT\n/gm, '');
    for (const flags of [['--proxy-uid', '1'], ['--exclude-outbound-ports', '1-9'], []]) {
      await runInit(pair.pod, ['apply', ...flags]);
      expect(await withoutOurs()).to.equal(before);
    }
    await runInit(pair.pod, ['cleanup']);
    expect(await kernelState(pair.pod)).to.equal(before);
  });

  it('repair what has drifted: jumps doubled, displaced and from elsewhere', async () => {
    await runInit(pair.pod, ['apply']);
    const wanted = await kernelState(pair.pod);
    await changeRules(pair.pod, [
      '-A OUTPUT -p tcp -j OUTRIDER_OUTPUT',
      '-D PREROUTING -p tcp -j OUTRIDER_INBOUND',
      '-I OUTRIDER_OUTPUT -d 10.0.0.0/8 -j RETURN',
      ':ELSEWHERE - [0:0]',
      '-A ELSEWHERE -p tcp -j OUTRIDER_REDIRECT',
    ]);
    expect((await runInit(pair.pod, ['apply'])).stdout).to.include('ipv4: rules written');
    expect((await kernelState(pair.pod)).replace(':ELSEWHERE -\n', '')).to.equal(wanted);
  });

  it('touch nothing and tell every bad value, in the termination log too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outrider-'));
    const log = join(folder, 'termination-log');
    await writeFile(log, 'of an earlier run, and longer than what is to come '.repeat(20));
    const before = await kernelState(pair.pod);
    const { exitCode, stdout, stderr } = await runInit(
      pair.pod,
      ['apply', '--exclude-outbound-cidrs', '10.0.0.0/33', '--proxy-uid', 'root'],
      { env: { OUTRIDER_OUTBOUND_PORT: '0', OUTRIDER_TERMINATION_LOG: log } },
    );
    expect({ exitCode, stdout }).to.deep.equal({ exitCode: 2, stdout: '' });
    for (const bad of ['OUTRIDER_OUTBOUND_PORT: "0"', '--exclude-outbound-cidrs: "10.0.0.0/33"', '"root"']) {
      expect(stderr).to.include(bad);
    }
    expect(`${await readFile(log, 'utf8')}\n`).to.equal(stderr);
    expect(await kernelState(pair.pod)).to.equal(before);
    await rm(folder, { recursive: true });
  });

  it('read no configuration from the working directory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outrider-'));
    await writeFile(join(folder, '.env'), 'OUTRIDER_WAIT=bad\n');
    await writeFile(join(folder, 'bunfig.toml'), 'preload = ["./preload.ts"]\n');
    await writeFile(join(folder, 'preload.ts'), 'process.exit(99);\n');
    const input = `cd '${folder}' && exec '${executable}' cleanup`;
    const { exitCode, stderr } = await pair.pod.exec('sh', [], { input });
    expect({ exitCode, stderr }).to.deep.equal({ exitCode: 0, stderr: '' });
    await rm(folder, { recursive: true });
  });

  it('refuse unknown flags, commands and arguments as bad usage', async () => {
    for (const args of [['apply', '--outbound-prt', '1'], ['aply'], ['cleanup', 'x'], []]) {
      expect((await runInit(pair.pod, args)).exitCode, args.join(' ')).to.equal(2);
    }
  });

  it('refuse a flag that is given twice, by its name', async () => {
    for (const twice of [['--proxy-uid', '1'], ['--dry-run']]) {
      const { exitCode, stderr } = await runInit(pair.pod, ['apply', ...twice, ...twice]);
      expect({ exitCode, stderr }).to.deep.equal({ exitCode: 2, stderr: `flag ${twice[0]}: given twice\n` });
    }
  });

  it('roll IPv4 back when IPv6 is refused, with the words of iptables', async () => {
    const refusing =
      "#!/bin/sh\ncase $* in *--test*) exit 0;; esac\necho 'ip6tables-restore: not today' >&2\nexit 4\n";
    await changeRules(pair.pod, foreign);
    for (const earlier of [[], ['apply', '--proxy-uid', '7', '--ip-families', 'ipv4']]) {
      if (earlier.length > 0) await runInit(pair.pod, earlier);
      const before = await kernelState(pair.pod);
      await withTools(['iptables-save', 'iptables-restore', 'ip6tables-save', 'ip'], async (PATH) => {
        const missing = await runInit(pair.pod, ['apply', ...dual], { env: { PATH } });
        expect(missing.exitCode).to.equal(5);
        expect(missing.stderr).to.include('ipv6: ip6tables-restore is not installed');
        expect(await kernelState(pair.pod)).to.equal(before);
        await writeFile(join(PATH, 'ip6tables-restore'), refusing, { mode: 0o755 });
        const refused = await runInit(pair.pod, ['apply', ...dual], { env: { PATH } });
        expect(refused.exitCode).to.equal(5);
        expect(refused.stderr).to.match(/^ipv6: ip6tables-restore failed: ip6tables-restore: not today$/m);
        expect(refused.stderr).to.include('ipv4: rolled back');
        expect(await kernelState(pair.pod)).to.equal(before);
      });
    }
  });

  it('print on a dry run exactly what would be run, and change nothing', async () => {
    const before = await kernelState(pair.pod);
    const script = await runInit(pair.pod, ['apply', '--dry-run', ...dual]);
    expect(await kernelState(pair.pod)).to.equal(before);
    await pair.pod.exec('sh', ['-e'], { input: script.stdout });
    expect((await runInit(pair.pod, ['verify', ...dual])).exitCode).to.equal(0);
    const none = await runInit(pair.pod, ['apply', '--dry-run', ...dual]);
    expect(none.stdout).to.equal('# ipv4: nothing to do\n# ipv6: nothing to do\n');
    const cleanup = await runInit(pair.pod, ['cleanup', '--dry-run']);
    expect((await runInit(pair.pod, ['verify', ...dual])).exitCode).to.equal(0);
    await pair.pod.exec('sh', ['-e'], { input: cleanup.stdout });
    expect(await kernelState(pair.pod)).to.equal(before);
  });

  it('write rules that the kernel prints back as they are, whatever the settings', async () => {
    const flags = [
      ...['--proxy-uid', '51337,4294967294', '--outbound-port', '1', '--inbound-port', '65535'],
      ...[
        '--include-outbound-cidrs',
        '10.0.0.0/8,0.0.0.0/0,fd00::/8,::ffff:0:0/96,::1.2.3.4/128,64:ff9b::/96',
      ],
      ...['--exclude-outbound-cidrs', '10.1.2.3/8,2001:DB8:0:0:1::/80,1:0:2:3:4:5:6:7/128'],
      ...['--exclude-outbound-ports', '1-2,3-4,5-6,7-8,9-10,11-12,13-14,15-16,17,18'],
      ...['--include-outbound-ports', '443', '--include-inbound-ports', '8080-8081', ...dual],
    ];
    const more = [
      ...['--exclude-inbound-cidrs', '192.0.2.1/24,2001:db8::/32', '--exclude-interfaces', 'eth1,a-b_c.d'],
      ...['--virtual-interfaces', 'tap0', '--exclude-uids', '0,1001', '--exclude-gids', '0,2002'],
      ...['--proxy-gid', '51337,51338', '--drop-invalid', 'true', '--outbound-policy', 'blackhole'],
    ];
    for (const mode of ['redirect', 'tproxy']) {
      const all = [...flags, ...more, '--redirect-mode', mode];
      const applied = await runInit(pair.pod, ['apply', ...all]);
      expect(applied.exitCode, applied.stderr).to.equal(0);
      const { exitCode, stdout } = await runInit(pair.pod, ['verify', ...all]);
      expect(exitCode, stdout).to.equal(0);
    }
  });

  /** Runs `body` with the folder of a PATH that has only the given tools, and what starts a program in a host. */
  async function withTools(tools: readonly string[], body: (path: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'outrider-tools-'));
    const names = new Set(['ip', ...tools]);
    for (const name of names) await symlink(join('/usr/sbin', name), join(folder, name));
    try {
      await body(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  }
});
