import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { port } from '../../settings/port.ts';
import { startEnvoy } from './envoy.ts';
import { executable, runInit } from './executable.ts';
import { usePair } from './use-pair.ts';

const dual = ['apply', '--validate', '--ip-families', 'dual'];

/** What the default settings speak of, in the order of the report; the listener's port is the kernel's choice. */
const provenByDefault = [
  'out: 192.0.2.2:15001 reached 15001: proven',
  'in: 10.77.0.1:80 from 192.0.2.2 reached 15006: proven',
  'in: 10.77.0.1:15020 from 192.0.2.2 was refused: proven',
  'in: 10.77.0.1:15021 from 192.0.2.2 was refused: proven',
  'in: 10.77.0.1:15090 from 192.0.2.2 was refused: proven',
  'localhost: 127.0.0.1:LISTENER reached LISTENER: proven',
  'own-address: 10.77.0.1:LISTENER reached LISTENER: proven',
  'passthrough: 10.77.0.1:LISTENER from 127.0.0.6 reached LISTENER: proven',
  'passthrough (proxy-uid 51337): 10.77.0.1:LISTENER from 127.0.0.6 as uid 51337 reached LISTENER: proven',
  'self-call (proxy-uid 51337): 10.77.0.1:LISTENER as uid 51337 reached 15006: proven',
  'proxy-out (proxy-uid 51337): 192.0.2.2:15001 as uid 51337 went out as it was made: proven',
];
const inIpv6 = (line: string): string =>
  line
    .replaceAll(/10\.77\.0\.1(?=:)/g, '[fd00:77::1]')
    .replaceAll(/192\.0\.2\.2(?=:)/g, '[2001:db8::2]')
    .replaceAll(/127\.0\.0\.1(?=:)/g, '[::1]')
    .replaceAll('192.0.2.2', '2001:db8::2')
    .replaceAll('127.0.0.6', '::6');

describe('A validation', () => {
  const pair = usePair();
  /** Counts what comes to the peer from the pod, but not how the two find each other. */
  beforeEach(async () => {
    const table = `table inet seen {
  chain seen { type filter hook prerouting priority raw; iifname "eth0" meta l4proto != ipv6-icmp counter; }
}`;
    expect((await pair.peer.exec('nft', ['-f', '-'], { input: table })).exitCode).to.equal(0);
  });

  async function expectNothingSent(): Promise<void> {
    const { stdout } = await pair.peer.exec('nft', ['list', 'table', 'inet', 'seen']);
    expect(stdout).to.include('counter packets 0 bytes 0');
    const links = await pair.pod.exec('ip', ['-brief', 'link']);
    expect(links.stdout).not.to.include('outrider');
  }

  for (const backend of ['nft', 'legacy', 'nftables']) {
    it(`proves every path of the default settings, with ${backend}`, async () => {
      const { exitCode, stdout, stderr } = await runInit(pair.pod, [...dual, '--backend', backend]);
      expect(exitCode, stderr).to.equal(0);
      expect(pathsIn(stdout)).to.deep.equal([
        ...provenByDefault.map((line) => `ipv4: ${line}`),
        ...provenByDefault.map((line) => `ipv6: ${inIpv6(line)}`),
      ]);
      await expectNothingSent();
    });
  }

  for (const mode of ['redirect', 'tproxy']) {
    it(`proves every item of the settings that one can connect by, in the mode ${mode}`, async () => {
      const flags = {
        'redirect-mode': mode,
        'ip-families': 'ipv4',
        'proxy-gid': '51338',
        'include-outbound-cidrs': '198.51.100.0/24,10.0.0.0/8',
        'include-outbound-ports': '443',
        'exclude-outbound-cidrs': '10.9.0.0/16,127.0.0.0/8',
        'exclude-outbound-ports': '81,8000-8100',
        'include-inbound-ports': '8080',
        'exclude-inbound-cidrs': '10.1.2.3/32',
        'exclude-uids': '1000',
        'exclude-gids': '2000',
        'exclude-interfaces': 'eth9',
      };
      const args = Object.entries(flags).map(([key, value]) => `--${key}=${value}`);
      const { exitCode, stdout, stderr } = await runInit(pair.pod, ['apply', '--validate', ...args]);
      expect(exitCode, stderr).to.equal(0);
      const captured = mode === 'tproxy' ? 'was taken where nobody listens' : 'reached 15006';
      const selfCall = mode === 'tproxy' ? 'LISTENER' : '15006';
      const items = [
        'out (include-outbound-cidrs 198.51.100.0/24): 198.51.100.2:15001 reached 15001: proven',
        'out (include-outbound-cidrs 10.0.0.0/8): 10.255.255.254:15001 reached 15001: proven',
        'out (include-outbound-ports 443): 192.0.2.2:443 reached 15001: proven',
        'out (exclude-outbound-cidrs 10.9.0.0/16): 10.9.255.254:15001 went out as it was made: proven',
        'out (exclude-outbound-ports 8000-8100): 198.51.100.2:8000 went out as it was made: proven',
        `in (include-inbound-ports 8080): 10.77.0.1:8080 from 192.0.2.2 ${captured}: proven`,
        'in (exclude-inbound-cidrs 10.1.2.3/32): 10.77.0.1:8080 from 10.1.2.3 was refused: proven',
        `self-call (proxy-gid 51338): 10.77.0.1:LISTENER as gid 51338 reached ${selfCall}: proven`,
        'excluded-owner (exclude-uids 1000): 198.51.100.2:15001 as uid 1000 went out as it was made: proven',
        'excluded-owner (exclude-gids 2000): 198.51.100.2:15001 as gid 2000 went out as it was made: proven',
      ];
      expect(pathsIn(stdout)).to.include.members(items.map((line) => `ipv4: ${line}`));
      expect(pathsIn(stdout).filter((line) => !line.endsWith(': proven'))).to.deep.equal([
        'ipv4: out (exclude-outbound-cidrs 127.0.0.0/8): not provable here: it holds addresses of the pod itself',
        'ipv4: excluded-interface (exclude-interfaces eth9): not provable here: only what passes eth9 itself shows it, and that is outside the pod',
      ]);
      await expectNothingSent();
    });
  }

  it('proves them with the real Envoy in its place, which dials nobody outside for it', async () => {
    const ports = { outboundPort: port(15001), inboundPort: port(15006) };
    const envoy = await startEnvoy(pair.pod, (adminSocket) =>
      renderBootstrap({ ...ports, families: ['ipv4', 'ipv6'], adminSocket }),
    );
    const included = ['--include-outbound-cidrs', '', '--include-outbound-ports', '80,443'];
    for (const args of [[], included]) {
      const { exitCode, stdout, stderr } = await runInit(pair.pod, [...dual, ...args]);
      expect(exitCode, stderr).to.equal(0);
      expect(pathsIn(stdout).filter((line) => !line.endsWith(': proven'))).to.deep.equal([]);
      // Both are Envoy's own.
      expect(stdout).to.include('ipv4: in: 10.77.0.1:15021 from 192.0.2.2 reached 15021: proven');
      expect(stdout).to.include('ipv6: in: [fd00:77::1]:15090 from 2001:db8::2 reached 15090: proven');
    }
    await envoy.stop();
    await expectNothingSent();
  });

  it('says what it cannot prove with the capabilities that the container has', async () => {
    const only = ['--inh-caps=-all,+net_admin,+net_raw', '--bounding-set=-all,+net_admin,+net_raw'];
    const { exitCode, stdout, stderr } = await pair.pod.exec('setpriv', [
      ...only,
      executable,
      ...dual,
      '--proxy-gid',
      '7',
    ]);
    expect(exitCode, stderr).to.equal(0);
    const takes = 'it takes CAP_SETUID and CAP_SETGID to connect as';
    const gid = `not provable here: ${takes} user 0 and group 7`;
    const uid = `not provable here: ${takes} user 51337 and group 0`;
    expect(
      pathsIn(stdout).filter((line) => line.startsWith('ipv4: ') && !line.endsWith(': proven')),
    ).to.deep.equal([
      `ipv4: passthrough (proxy-uid 51337): 10.77.0.1:LISTENER from 127.0.0.6 as uid 51337: ${uid}`,
      `ipv4: self-call (proxy-uid 51337): 10.77.0.1:LISTENER as uid 51337: ${uid}`,
      `ipv4: proxy-out (proxy-uid 51337): 192.0.2.2:15001 as uid 51337: ${uid}`,
      `ipv4: passthrough (proxy-gid 7): 10.77.0.1:LISTENER from 127.0.0.6 as gid 7: ${gid}`,
      `ipv4: self-call (proxy-gid 7): 10.77.0.1:LISTENER as gid 7: ${gid}`,
      `ipv4: proxy-out (proxy-gid 7): 192.0.2.2:15001 as gid 7: ${gid}`,
    ]);
    await expectNothingSent();
  });

  it('says what it cannot prove without frames of its own', async () => {
    const only = ['--inh-caps=-all,+net_admin', '--bounding-set=-all,+net_admin'];
    const args = [
      'apply',
      '--validate',
      '--ip-families',
      'ipv4',
      '--backend',
      'nftables',
      '--output',
      'json',
    ];
    const { exitCode, stdout, stderr } = await pair.pod.exec('setpriv', [...only, executable, ...args]);
    expect(exitCode, stderr).to.equal(0);
    const { validation } = JSON.parse(stdout) as { validation: readonly object[] };
    expect(validation[0]).to.deep.equal({
      family: 'ipv4',
      path: 'out',
      connection: '192.0.2.2:15001',
      outcome: 'unprovable',
      reason: 'it takes a pair of interfaces: frames cannot be read and sent (EPERM): it takes CAP_NET_RAW',
    });
    await expectNothingSent();
  });

  it('clears away what a run that was killed has left', async () => {
    await pair.pod.exec('ip', ['link', 'add', 'outrider0', 'type', 'veth', 'peer', 'name', 'outrider1']);
    const { exitCode, stderr } = await runInit(pair.pod, dual);
    expect(exitCode, stderr).to.equal(0);
    await expectNothingSent();
  });

  it('leaves nothing to a cleanup, even when it was killed', async () => {
    await pair.pod.exec('ip', ['link', 'add', 'outrider0', 'type', 'veth', 'peer', 'name', 'outrider1']);
    expect((await runInit(pair.pod, ['cleanup'])).stdout).to.include('inet: removed\n');
    expect((await pair.pod.exec('ip', ['link', 'show', 'outrider0'])).exitCode).to.equal(1);
  });

  it('is bad usage together with a dry run', async () => {
    const { exitCode, stderr } = await runInit(pair.pod, [...dual, '--dry-run']);
    expect({ exitCode, stderr }).to.deep.equal({
      exitCode: 2,
      stderr:
        'flag --validate: not together with --dry-run: a dry run writes no rules that connections could prove\n',
    });
    expect((await runInit(pair.pod, ['verify'])).exitCode).to.equal(4);
  });

  const broken: readonly {
    says: string;
    command: readonly [string, ...string[]];
    fails: readonly string[];
  }[] = [
    {
      says: 'a rule of others drops what the proxy is given',
      command: ['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '15006', '-j', 'DROP'],
      fails: [
        'ipv4: in: 10.77.0.1:80 from 192.0.2.2 was expected to reach 15006 and got no answer',
        'ipv4: self-call (proxy-uid 51337): 10.77.0.1:LISTENER as uid 51337 was expected to reach 15006 and got no answer',
      ],
    },
    {
      says: 'a rule of others rejects what the proxy is given',
      command: [
        'iptables',
        '-A',
        'INPUT',
        '-p',
        'tcp',
        '--dport',
        '15001',
        '-j',
        'REJECT',
        '--reject-with',
        'tcp-reset',
      ],
      fails: ['ipv4: out: 192.0.2.2:15001 was expected to reach 15001 and was refused'],
    },
    {
      says: 'a rule of others keeps the nat table out',
      command: [
        'iptables',
        '-t',
        'raw',
        '-A',
        'OUTPUT',
        '-p',
        'tcp',
        '--dport',
        '15001',
        '-j',
        'CT',
        '--notrack',
      ],
      fails: ['ipv4: out: 192.0.2.2:15001 was expected to reach 15001 and went out as it was made'],
    },
    {
      says: 'a rule of others redirects first',
      command: [
        'nft',
        'table ip other { chain other { type nat hook output priority -150; ip daddr 192.0.2.2 tcp dport 15001 meta skuid 0 redirect to :15006; }; }',
      ],
      fails: ['ipv4: out: 192.0.2.2:15001 was expected to reach 15001 and reached 15006'],
    },
    {
      says: 'a rule of others captures what is left alone',
      command: [
        'nft',
        'table ip other { chain other { type nat hook prerouting priority -150; tcp dport 15021 redirect to :15006; }; }',
      ],
      fails: ['ipv4: in: 10.77.0.1:15021 from 192.0.2.2 was expected to be left alone and reached 15006'],
    },
  ];
  for (const { says, command, fails } of broken) {
    it(`fails, and names the path, when ${says}`, async () => {
      const [program, ...args] = command;
      const made = await pair.pod.exec(program, args);
      expect(made.exitCode, made.stderr).to.equal(0);
      const { exitCode, stdout, stderr } = await runInit(pair.pod, [...dual, '--backend', 'nft']);
      expect(exitCode, stderr).to.equal(6);
      const told = pathsIn(stdout).filter((line) => line.includes(' was expected '));
      expect(told.map((line) => line.replace(/; likely cause: .*/, ''))).to.deep.equal(fails);
      expect(stderr).to.match(/; likely cause: a rule of others .*\nthe rules stay as they were written\n$/);
      expect((await runInit(pair.pod, ['verify', '--backend', 'nft'])).exitCode).to.equal(0);
      await expectNothingSent();
    });
  }

  it('fails when the port of the proxy is held by what does not listen', async () => {
    const hold =
      'import socket, sys\ns = socket.socket()\ns.bind(("", 15001))\nprint("held", flush=True)\nsys.stdin.read()';
    const holder = pair.pod.spawn('/usr/bin/python3', ['-c', hold]);
    await holder.nextLine();
    const args = ['apply', '--validate', '--ip-families', 'ipv4', '--output', 'json'];
    const folder = await mkdtemp(join(tmpdir(), 'outrider-validate-'));
    const log = join(folder, 'termination-log');
    await writeFile(log, '');
    const env = { OUTRIDER_TERMINATION_LOG: log };
    const { exitCode, stdout, stderr } = await runInit(pair.pod, args, { env });
    expect(exitCode).to.equal(6);
    const reason =
      'ipv4: out: 192.0.2.2:15001 was expected to reach 15001 and was refused; likely cause: nothing listens on 15001\n' +
      'the rules stay as they were written';
    expect(JSON.parse(stderr)).to.deep.equal({ level: 'error', code: 'validation-failed', message: reason });
    expect(await readFile(log, 'utf8')).to.equal(reason);
    await rm(folder, { recursive: true });
    const { validation } = JSON.parse(stdout) as { validation: readonly object[] };
    expect(validation[0]).to.deep.equal({
      family: 'ipv4',
      path: 'out',
      connection: '192.0.2.2:15001',
      outcome: 'failed',
      expected: 'to reach 15001',
      seen: 'was refused',
      cause: 'nothing listens on 15001',
    });
    await expectNothingSent();
  });
});

/** The lines about paths; the port of the check's own listener, which the kernel chooses, is `LISTENER`. */
function pathsIn(stdout: string): readonly string[] {
  const lines = stdout.split('\n').filter((line) => / (proven$|was expected |not provable )/.test(line));
  return ['ipv4', 'ipv6'].flatMap((family) => {
    const own = lines.filter((line) => line.startsWith(family));
    const listener = /localhost: \S+:(\d+) /.exec(own.join('\n'))?.[1] ?? 'none';
    return own.map((line) => line.replaceAll(listener, 'LISTENER'));
  });
}
