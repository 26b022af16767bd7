import { expect } from 'chai';
import { countersMovedBy } from './envoy-counters.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { outriderImage } from './outrider.ts';
import { busybox, inApp, podAddresses, runPods } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const [meshed, plain] = ['caged', 'caged-plain'];
const confined = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const sleeping = ['sleep', '1d'];

describe('a pod with the outbound policy blackhole, on a real cluster', () => {
  const cluster = useOutrider();
  useNamespace(cluster, meshed);
  useNamespace(cluster, plain);
  let allowed = '';
  let refused = '';

  before(async function () {
    this.timeout(120_000);
    const script = 'mkdir /www; echo hello >/www/index.html; exec httpd -f -p "[::]:8080" -h /www';
    await runPods(cluster(), plain, [
      { name: 'allowed', script },
      { name: 'refused', script },
    ]);
    [allowed = ''] = await podAddresses(cluster(), plain, 'allowed');
    [refused = ''] = await podAddresses(cluster(), plain, 'refused');
    await kubectl(cluster(), ['label', 'namespace', meshed, 'outrider.io/injection=enabled']);
    const annotations = {
      'outrider.io/outbound-policy': 'blackhole',
      'outrider.io/allow-outbound-cidrs': `${allowed}/32`,
      'outrider.io/proxy-cpu': '10m',
    };
    /** Root, in an image with a language in which one can try to get out. */
    const perl = { name: 'perl', image: outriderImage, command: sleeping };
    await runPods(cluster(), meshed, [
      {
        name: 'confined',
        annotations,
        spec: {
          securityContext: { runAsUser: 0 },
          containers: [
            { ...busybox, name: 'app', command: sleeping, securityContext: { ...confined, runAsUser: 1000 } },
            { ...perl, securityContext: confined },
          ],
        },
      },
      {
        name: 'unconfined',
        annotations: { ...annotations, 'outrider.io/allow-unconfined-containers': 'true' },
        spec: { containers: [{ ...perl, securityContext: { runAsUser: 0 } }] },
      },
    ]);
  });

  const fetch = (host: string, port = 8080): Promise<string> =>
    inApp(
      cluster(),
      meshed,
      'confined',
      `timeout 5 wget -q -O - http://${host}:${port}/ || echo "ended: $?"`,
    );
  const inPerl = (pod: string, script: string): Promise<string> =>
    kubectl(cluster(), [
      '-n',
      meshed,
      'exec',
      pod,
      '-c',
      'perl',
      '--',
      'perl',
      '-MIO::Socket::INET',
      '-e',
      script,
    ]);

  it('reaches what is allowed, and nothing else, not even the API server', async () => {
    const counters = await countersMovedBy(cluster(), meshed, 'confined', async () => {
      expect(await fetch(allowed)).to.equal('hello');
      // wget's own end, not that of `timeout`.
      expect(await fetch(refused)).to.equal('ended: 1');
      expect(await fetch('10.96.0.1', 443)).to.equal('ended: 1');
    });
    expect(counters).to.deep.include({ PassthroughCluster: 1, BlackHoleCluster: 2 });
  });

  it('sends nothing but TCP, and writes no packets of its own', async () => {
    const udp = `IO::Socket::INET->new(Proto => "udp", PeerAddr => "${allowed}:9")->send("x") or print $!`;
    expect(await inPerl('confined', udp)).to.equal('Operation not permitted');
    expect(await inPerl('confined', 'socket(my $s, 2, 3, 1) or print $!')).to.equal(
      'Operation not permitted',
    );
  });

  const becomeProxy = (then: string): string => `$> = 51337; print "uid $>"; ${then}`;
  const call = (): string =>
    `my $s = IO::Socket::INET->new("${refused}:8080"); print $s "GET / HTTP/1.0\\r\\n\\r\\n"; print " got ", <$s>`;

  it('cannot become the proxy, as root either', async () => {
    const said = await inPerl('confined', becomeProxy(call()));
    expect(said).to.contain('uid 0').and.not.to.contain('hello');
  });

  it('could without what the policy asks of containers, which is why it asks', async () => {
    expect(await inPerl('unconfined', call())).not.to.contain('hello');
    expect(await inPerl('unconfined', becomeProxy(call())))
      .to.contain('uid 51337 got')
      .and.to.contain('hello');
  });
});
