import { expect } from 'chai';
import { runInit } from './executable.ts';
import { changeRules, kernelState } from './kernel-state.ts';
import { outside } from './pair.ts';
import { fixture, startCapture, startServer } from './traffic.ts';
import { usePair } from './use-pair.ts';

const native = ['--backend', 'nftables'];

describe('With nftables', () => {
  const pair = usePair();

  const nft = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await pair.pod.exec('nft', args);
    expect(exitCode, stderr).to.equal(0);
    return stdout;
  };
  const verify = (...flags: string[]) => runInit(pair.pod, ['verify', ...flags]);

  it('apply writes one table, and nothing when it is run again', async () => {
    expect((await runInit(pair.pod, ['apply', ...native])).stdout).to.equal('inet: rules written\n');
    const once = await nft('-s', 'list', 'ruleset');
    expect(once.match(/^table .*/gm)).to.deep.equal(['table inet outrider {']);
    for (const flags of [native, []]) {
      const again = await runInit(pair.pod, ['apply', '--output', 'json', ...flags]);
      expect(JSON.parse(again.stdout).families).to.deep.equal([{ family: 'inet', changed: false }]);
    }
    expect(await nft('-s', 'list', 'ruleset')).to.equal(once);
    expect((await verify()).stdout).to.equal('inet: the rules are as wanted\n');
  });

  it('apply changes the kernel with two processes', async () => {
    const { stdout } = await runInit(pair.pod, ['apply', '--dry-run', '--output', 'json', ...native]);
    const [{ commands }] = JSON.parse(stdout).families;
    expect(commands.map(({ command }: { command: string }) => command)).to.deep.equal(['nft', 'ip']);
    expect(await nft('list', 'ruleset')).to.equal('');
    const script = await runInit(pair.pod, ['apply', '--dry-run', ...native]);
    await pair.pod.exec('sh', ['-e'], { input: script.stdout });
    expect((await verify()).exitCode).to.equal(0);
  });

  it('cleanup leaves nothing of ours, and all of others', async () => {
    await pair.pod.exec('nft', ['-f', '-'], {
      input: `table inet theirs {
  set names { type ipv4_addr; elements = { 192.0.2.1 }; }
  chain OUTRIDER_OUTPUT { type nat hook output priority -90; tcp dport 7 redirect to :8; }
}
`.replaceAll(/; /g, '\n'),
    });
    await changeRules(pair.pod, [':FOREIGN - [0:0]', '-A OUTPUT -p udp --dport 53 -j FOREIGN']);
    const before = [await nft('-s', 'list', 'ruleset'), await kernelState(pair.pod)];
    expect(before[0]).to.include('table inet theirs');
    for (const flags of [[], ['--proxy-uid', '7']]) await runInit(pair.pod, ['apply', ...native, ...flags]);
    expect((await runInit(pair.pod, ['cleanup'])).exitCode).to.equal(0);
    expect([await nft('-s', 'list', 'ruleset'), await kernelState(pair.pod)]).to.deep.equal(before);
    const again = await runInit(pair.pod, ['cleanup']);
    expect(again.stdout).to.equal('ipv4: nothing to remove\nipv6: nothing to remove\n');
  });

  it('verify finds rules that are reordered, doubled, foreign and missing, and apply repairs them', async () => {
    await runInit(pair.pod, ['apply', ...native]);
    const wanted = await nft('-s', 'list', 'table', 'inet', 'outrider');
    const change = (from: RegExp, to: string) => ({ from, to });
    const lo = '\t\toifname "lo" return comment "to localhost or to an address of the pod"\n';
    for (const { from, to, line } of [
      {
        ...change(/(chain OUTRIDER_OUTPUT \{\n)([\s\S]*?)(\t\toifname "lo" return .*\n)/, '$1$3$2'),
        line: '  ~ OUTRIDER_OUTPUT: oifname "lo" return',
      },
      {
        ...change(/(\t\toifname "lo" return .*\n)/, '$1$1'),
        line: '  + OUTRIDER_OUTPUT: oifname "lo" return',
      },
      { ...change(/(\t\toifname "lo" return .*\n)/, ''), line: '  - OUTRIDER_OUTPUT: oifname "lo" return' },
      {
        ...change(/(chain OUTRIDER_OUTPUT \{\n)/, '$1\t\ttcp dport 80 counter packets 0 bytes 0 accept\n'),
        line: '  + OUTRIDER_OUTPUT: tcp dport 80 {"counter":',
      },
      {
        ...change(/hook output priority -101/, 'hook output priority 5'),
        line: '  - chain nat_output { type nat hook output priority -101; policy accept; }',
      },
      {
        ...change(/table inet outrider \{/, 'table inet outrider {\n\tflags dormant;'),
        line: '  + flags dormant',
      },
    ]) {
      expect(wanted).to.include(lo);
      const changed = wanted.replace(from, to);
      expect(changed).not.to.equal(wanted);
      const input = `delete table inet outrider\n${changed}`;
      expect((await pair.pod.exec('nft', ['-f', '-'], { input })).stderr).to.equal('');
      const { exitCode, stdout } = await verify();
      expect({ exitCode, stdout }).to.deep.include({ exitCode: 3 });
      expect(stdout).to.include(line);
      await runInit(pair.pod, ['apply']);
      expect(await nft('-s', 'list', 'table', 'inet', 'outrider')).to.equal(wanted);
    }
    await pair.pod.exec('ip', ['-6', 'addr', 'del', '::6/128', 'dev', 'lo']);
    expect((await verify()).stdout).to.include('  - address ::6/128 dev lo');
    await nft('delete', 'table', 'inet', 'outrider');
    const gone = await verify(...native);
    expect({ ...gone }).to.deep.include({
      exitCode: 4,
      stdout: 'inet: there are no rules of Outrider\n',
    });
  });

  it('the kernel prints back what apply wrote, whatever the settings', async () => {
    for (const flags of [
      [
        ...['--proxy-uid', '51337,4294967294', '--outbound-port', '1', '--inbound-port', '65535'],
        '--include-outbound-cidrs',
        '10.0.0.0/8,128.0.0.0/1,fd00::/8,::ffff:0:0/96,::1.2.3.4/128,64:ff9b::/96',
        ...['--exclude-outbound-cidrs', '10.1.2.3/8,2001:DB8:0:0:1::/80,1:0:2:3:4:5:6:7/128,8000::/1'],
        ...['--exclude-outbound-ports', '1-2,3-4,5,60000-65535', '--include-outbound-ports', '443'],
      ],
      [
        ...['--redirect-mode', 'tproxy', '--outbound-policy', 'blackhole', '--drop-invalid', 'true'],
        ...['--virtual-interfaces', 'docker0', '--exclude-interfaces', 'eth1', '--proxy-gid', '51337'],
        ...['--exclude-inbound-cidrs', '10.0.0.0/8,11.0.0.0/8,fd00::/8', '--exclude-uids', '0'],
      ],
    ]) {
      for (const families of ['ipv4', 'ipv6', 'dual']) {
        const all = [...flags, '--ip-families', families];
        const applied = await runInit(pair.pod, ['apply', ...native, ...all]);
        expect(applied.exitCode, applied.stderr).to.equal(0);
        const { exitCode, stdout } = await verify(...all);
        expect(exitCode, stdout).to.equal(0);
      }
    }
  });
});

describe('From one backend to another', () => {
  const pair = usePair();

  it('nothing escapes, and nothing stays behind', async () => {
    await startServer(pair.peer, [80]);
    await startCapture(pair.pod, [15001, 15006], { uid: 51337 });
    const before = await kernelState(pair.pod);
    await runInit(pair.pod, ['apply', '--backend', 'nft']);
    const go = pair.pod.spawn(process.execPath, [fixture('connection-loop.ts'), outside.ipv4, '80'], {
      uid: 1000,
    });
    expect(await go.nextLine()).to.equal('ready');
    const order = ['nftables', 'legacy', 'nft', 'legacy', 'nftables', 'nft'];
    for (const backend of [...order, ...order]) {
      const { exitCode, stdout } = await runInit(pair.pod, ['apply', '--backend', backend]);
      expect({ exitCode, stdout }).to.deep.include({ exitCode: 0 });
      expect(stdout).to.match(/rules in (nft|legacy|nftables) removed/);
      // By itself, verify finds the rules where they are, and complains of any elsewhere.
      const found = await runInit(pair.pod, ['verify']);
      expect(found.exitCode, found.stdout).to.equal(0);
    }
    go.writeLine('end');
    const { server, capture, none } = JSON.parse(await go.nextLine());
    expect({ server, none }).to.deep.equal({ server: 0, none: 0 });
    expect(capture).to.be.greaterThan(100);
    await runInit(pair.pod, ['cleanup']);
    expect(await kernelState(pair.pod)).to.equal(before);
  });

  it('verify tells what another one still holds, and apply and cleanup remove it', async () => {
    await runInit(pair.pod, ['apply', '--backend', 'nft']);
    const { stdout } = await runInit(pair.pod, [
      'apply',
      '--dry-run',
      '--backend',
      'nftables',
      '--output',
      'json',
    ]);
    const [{ commands }] = JSON.parse(stdout).families;
    const leftover = async (): Promise<void> => {
      await pair.pod.exec('nft', ['-f', '-'], { input: commands[0].input });
      const found = await runInit(pair.pod, ['verify']);
      expect(found.exitCode).to.equal(3);
      expect(found.stdout).to.include('  + nftables: table inet outrider');
    };
    await leftover();
    expect((await runInit(pair.pod, ['apply'])).stdout).to.include('inet: rules in nftables removed');
    expect((await runInit(pair.pod, ['verify'])).exitCode).to.equal(0);
    await leftover();
    await runInit(pair.pod, ['cleanup']);
    expect((await runInit(pair.pod, ['verify'])).exitCode).to.equal(4);
    expect((await pair.pod.exec('nft', ['list', 'tables', 'inet'])).stdout).to.equal('');
  });

  it('is legacy by itself where others have rules in legacy', async () => {
    const input = '*nat\n-A POSTROUTING -d 192.0.2.1/32 -j ACCEPT\nCOMMIT\n';
    await pair.pod.exec('iptables-legacy-restore', ['--noflush'], { input });
    await runInit(pair.pod, ['apply']);
    const { stdout } = await pair.pod.exec('iptables-legacy-save', []);
    expect(stdout).to.include('-A PREROUTING -p tcp -j OUTRIDER_INBOUND');
    expect((await runInit(pair.pod, ['verify'])).exitCode).to.equal(0);
  });
});
