import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { outriderImage } from './outrider.ts';
import { podAddresses, runPods } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const [meshed, plain] = ['confined', 'confined-plain'];
const proxyUid = 51337;
/** What the policy asks of containers. */
const confined = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
/** Debian, with perl, and what else one would bring along to get out. */
const debian = { image: outriderImage, command: ['sleep', '1d'] };
const shared = { volumeMounts: [{ name: 'shared', mountPath: '/shared' }] };
const annotations = { 'outrider.io/outbound-policy': 'blackhole', 'outrider.io/proxy-cpu': '10m' };

describe('a container of a black-holed pod that looks for a way out, on a real cluster', () => {
  const cluster = useOutrider();
  useNamespace(cluster, meshed);
  useNamespace(cluster, plain);
  let target = '';

  before(async function () {
    this.timeout(120_000);
    const script = 'mkdir /www; echo hello >/www/index.html; exec httpd -f -p "[::]:8080" -h /www';
    await runPods(cluster(), plain, [{ name: 'target', script }]);
    [target = ''] = await podAddresses(cluster(), plain, 'target');
    await kubectl(cluster(), ['label', 'namespace', meshed, 'outrider.io/injection=enabled']);
    const as = (runAsUser: number) => ({ securityContext: { ...confined, runAsUser } });
    await runPods(cluster(), meshed, [
      {
        name: 'caged',
        annotations,
        spec: {
          containers: [
            { name: 'root', ...debian, ...as(0) },
            { name: 'user', ...debian, ...as(1000) },
          ],
        },
      },
      {
        // One that nothing is asked of leaves a program for the others.
        name: 'planted',
        annotations: { ...annotations, 'outrider.io/allow-unconfined-containers': 'true' },
        spec: {
          volumes: [{ name: 'shared', emptyDir: {} }],
          initContainers: [
            {
              name: 'planter',
              ...debian,
              ...shared,
              securityContext: { runAsUser: 0 },
              command: [
                'sh',
                '-ec',
                `cp /usr/bin/id /usr/bin/perl /shared; chown ${proxyUid} /shared/*; chmod 4755 /shared/*`,
              ],
            },
          ],
          containers: [
            { name: 'user', ...debian, ...shared, ...as(1000) },
            { name: 'escalating', ...debian, ...shared, securityContext: { runAsUser: 1000 } },
          ],
        },
      },
    ]);
  });

  /** What a command prints on either output, whether it fails or not. */
  const said = (pod: string, container: string, ...command: readonly string[]): Promise<string> =>
    kubectl(cluster(), [
      ...['-n', meshed, 'exec', pod, '-c', container, '--'],
      ...['sh', '-c', '"$@" 2>&1 || true', 'sh', ...command],
    ]);
  /** Says who it is, and what the target answers, if it does. */
  const call = (): string[] => [
    'perl',
    '-MIO::Socket::INET',
    '-e',
    `print "uid $> "; my $s = IO::Socket::INET->new(PeerAddr => "${target}:8080", Timeout => 5) or die "none: $!";
     print $s "GET / HTTP/1.0\\r\\n\\r\\n"; print <$s>`,
  ];
  const openSocket = (domain: number, type: number, protocol: number): string[] => [
    'perl',
    '-e',
    `print socket(my $s, ${domain}, ${type}, ${protocol}) ? "open" : $!`,
  ];
  const setOption = (level: number, option: number): string[] => [
    'perl',
    '-e',
    `socket(my $s, 2, 1, 0); print setsockopt($s, ${level}, ${option}, pack("i", 1)) ? "set" : $!`,
  ];

  for (const container of ['root', 'user']) {
    describe(`as ${container}`, () => {
      it('has no privilege, and can get none by a program that it starts', async () => {
        const status = await said('caged', container, 'cat', '/proc/self/status');
        expect(status).to.match(/^NoNewPrivs:\s1$/m);
        for (const set of ['Prm', 'Eff', 'Bnd', 'Amb'])
          expect(status).to.match(new RegExp(`^Cap${set}:\\s0+$`, 'm'));
      });

      for (const [what, command, answer] of [
        ['become the proxy', ['setpriv', `--reuid=${proxyUid}`, 'id'], /Operation not permitted/],
        [
          'join its group',
          ['setpriv', `--regid=${proxyUid}`, '--keep-groups', 'id'],
          /Operation not permitted/,
        ],
        ['write packets of a link', openSocket(17, 3, 0x0300), /^Operation not permitted$/],
        ['read packets of a link', openSocket(17, 2, 0x0300), /^Operation not permitted$/],
        ['write packets of IPv4', openSocket(2, 3, 255), /^Operation not permitted$/],
        ['write packets of IPv6', openSocket(10, 3, 58), /^Operation not permitted$/],
        ['mark packets', setOption(1, 36), /^Operation not permitted$/],
        ['take an address of others', setOption(0, 19), /^Operation not permitted$/],
        ['remove the rules', ['iptables', '-t', 'nat', '-F'], /Permission denied/],
        ['remove the rules of IPv6', ['ip6tables', '-t', 'nat', '-F'], /Permission denied/],
        ['remove the rules by nft', ['nft', 'flush', 'ruleset'], /Operation not permitted/],
        ['change a route', ['ip', 'route', 'replace', 'default', 'dev', 'lo'], /Operation not permitted/],
        ['add an interface', ['ip', 'link', 'add', 'w', 'type', 'dummy'], /Operation not permitted/],
        [
          'let packets through it',
          ['sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward'],
          /Read-only file system|Permission denied/,
        ],
      ] as const) {
        it(`cannot ${what}`, async () => {
          expect(await said('caged', container, ...command)).to.match(answer);
        });
      }

      it('finds nobody of another container', async () => {
        const all = await said(
          'caged',
          container,
          'sh',
          '-c',
          'cat /proc/[0-9]*/comm; ls -d /proc/[0-9]*/root/run/outrider',
        );
        expect(all)
          .to.match(/^sleep$/m)
          .and.not.to.match(/^envoy$/m);
        expect(all).not.to.match(/^\/proc.*outrider$/m);
      });
    });
  }

  describe('in a user namespace of its own, where it has all privileges', () => {
    const enter = ['unshare', '--user', '--map-root-user'];

    it('is not who it says to be', async () => {
      const mapped = ['unshare', '--user', `--map-user=${proxyUid}`];
      const answer = await said('caged', 'user', ...mapped, ...call());
      expect(answer).to.contain(`uid ${proxyUid} `).and.not.to.contain('hello');
    });

    it('is nobody there who was root, whom it has no privilege to map (user_namespaces(7))', async () => {
      expect(await said('caged', 'root', ...enter, 'id')).to.match(/uid_map: Operation not permitted/);
    });

    for (const [what, command, answer] of [
      [
        'become anybody else',
        ['setpriv', `--reuid=${proxyUid}`, 'id'],
        /Invalid argument|Operation not permitted/,
      ],
      ['write packets', openSocket(17, 3, 0x0300), /^Operation not permitted$/],
      ['remove the rules', ['iptables', '-t', 'nat', '-F'], /Permission denied/],
      ['remove the rules by nft', ['nft', 'flush', 'ruleset'], /Operation not permitted/],
      ['change a route', ['ip', 'route', 'replace', 'default', 'dev', 'lo'], /Operation not permitted/],
    ] as const) {
      it(`cannot ${what}`, async () => {
        expect(await said('caged', 'user', ...enter, ...command)).to.match(answer);
      });
    }

    it('has a network of its own, if it likes, which leads nowhere', async () => {
      const own = [...enter, '--net'];
      expect(await said('caged', 'user', ...own, ...openSocket(17, 3, 0x0300))).to.equal('open');
      expect(await said('caged', 'user', ...own, ...call())).to.match(/none: Network is unreachable/);
    });
  });

  it('gains nothing by a program with the user of the proxy in its mode, unless it may escalate', async () => {
    expect(await said('planted', 'user', '/shared/id', '-u')).to.equal('1000');
    expect(await said('planted', 'escalating', '/shared/id', '-u')).to.equal(`${proxyUid}`);
  });

  it('has sockets of which no rule hears, where the kernel has them', async () => {
    const ofVirtualMachines = openSocket(40, 1, 0);
    const answer = await said('caged', 'user', ...ofVirtualMachines);
    // After the attempt, which may have loaded a module.
    const kernelHasThem = (await readFile('/proc/net/protocols', 'utf8')).includes('AF_VSOCK');
    expect(answer).to.equal(kernelHasThem ? 'open' : 'Address family not supported by protocol');
  });

  it('gets out as an ephemeral container with the user of the proxy, which nobody judges', async () => {
    const [perl = '', ...args] = call();
    const ephemeral = {
      name: 'late',
      image: outriderImage,
      command: [perl],
      args,
      securityContext: { ...confined, runAsUser: proxyUid },
    };
    const patch = JSON.stringify({ spec: { ephemeralContainers: [ephemeral] } });
    await kubectl(cluster(), [
      '-n',
      meshed,
      'patch',
      'pod',
      'caged',
      '--subresource=ephemeralcontainers',
      '-p',
      patch,
    ]);
    let logs = '';
    await until(async () => {
      logs = await kubectl(cluster(), ['-n', meshed, 'logs', 'caged', '-c', 'late']).catch(() => '');
      return logs !== '';
    }, AbortSignal.timeout(60_000));
    expect(logs).to.contain(`uid ${proxyUid}`).and.to.contain('hello');
  }).timeout(90_000);
});
