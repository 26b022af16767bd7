import { expect } from 'chai';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { outriderImage } from './outrider.ts';
import { inApp, podAddresses, podManifest, runPods } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const namespace = 'isolation';

/** Paths of Envoy's admin interface, and the two that are let through to it. */
const adminPaths = [
  '/healthz/ready',
  '/stats/prometheus',
  '/',
  '/ready',
  '/stats',
  '/config_dump',
  '/clusters',
  '/server_info',
  '/listeners',
  '/certs',
  '/memory',
  '/healthz/ready/../../config_dump',
  '/stats/prometheus/../../config_dump',
  '//config_dump',
];
const killPaths = [
  '/quitquitquit',
  '/healthcheck/fail',
  '/drain_listeners',
  '/logging?level=trace',
  '/stats/prometheus',
];

describe('an application that is root in its container', () => {
  const cluster = useOutrider();
  useNamespace(cluster, namespace);
  const asApp = (script: string): Promise<string> => inApp(cluster(), namespace, 'app', script);
  /** A second container of the application, from an image with a language that knows Unix sockets; root as well. */
  const inPerl = (script: string): Promise<string> => {
    const perl = ['perl', '-MIO::Socket::UNIX', '-e', script];
    return kubectl(cluster(), ['-n', namespace, 'exec', 'app', '-c', 'perl', '--', ...perl]);
  };

  before(async function () {
    this.timeout(120_000);
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
    const { spec } = podManifest({ name: 'app' }) as { spec: { containers: object[] } };
    const perl = {
      name: 'perl',
      image: outriderImage,
      command: ['sleep', '1d'],
      securityContext: { runAsUser: 0 },
    };
    await runPods(cluster(), namespace, [
      { name: 'app', spec: { ...spec, containers: [...spec.containers, perl] } },
    ]);
    expect(await asApp('id -u')).to.equal('0');
    expect(await inPerl('print $>')).to.equal('0');
  });

  afterEach('the proxy has not been stopped', async () => {
    const path = 'jsonpath={.status.initContainerStatuses[?(@.name=="outrider-proxy")].restartCount}';
    expect(await kubectl(cluster(), ['-n', namespace, 'get', 'pod', 'app', '-o', path])).to.equal('0');
    expect(await asApp('wget -q -O - http://127.0.0.1:15021/healthz/ready')).to.equal('LIVE');
  });

  it('finds the ports of the proxy and no others', async () => {
    const listening = await asApp(
      "cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == \"0A\" { print $2 }' | sed 's/.*://' | sort -u",
    );
    const ports = listening.split('\n').map((hex) => Number.parseInt(hex, 16));
    expect(ports.sort()).to.deep.equal([15001, 15006, 15021, 15090]);
  });

  it('gets nothing of the admin interface by any address and port, but readiness and metrics', async () => {
    const addresses = ['127.0.0.1', '127.0.0.6', ...(await podAddresses(cluster(), namespace, 'app'))];
    const hosts = addresses.map((address) => (address.includes(':') ? `[${address}]` : address));
    const answered = await asApp(`
      for host in ${hosts.map((host) => `'${host}'`).join(' ')}; do
        for port in 15001 15006 15021 15090; do
          for path in ${adminPaths.map((path) => `'${path}'`).join(' ')}; do
            timeout 2 wget -q -O /dev/null "http://$host:$port$path" && echo "$host:$port$path"
          done
          for path in ${killPaths.map((path) => `'${path}'`).join(' ')}; do
            timeout 2 wget -q -O /dev/null --post-data= "http://$host:$port$path" && echo "POST $host:$port$path"
          done
        done
      done; true`);
    const letThrough = hosts.flatMap((host) => [
      `${host}:15021/healthz/ready`,
      `${host}:15090/stats/prometheus`,
    ]);
    expect(answered.split('\n')).to.have.members(letThrough);
  }).timeout(120_000);

  it('finds no socket of the proxy on any of its mounts', async () => {
    expect(await asApp('find / -xdev -type s 2>/dev/null; ls -d /run/outrider 2>/dev/null; true')).to.equal(
      '',
    );
    expect(await asApp('grep -e run/outrider -e outrider-run /proc/self/mounts || true')).to.equal('');
  });

  it('cannot connect to the socket by the path that the kernel shows for it', async () => {
    expect(await asApp('cat /proc/net/unix')).to.contain('/run/outrider/admin.sock');
    const connect =
      'IO::Socket::UNIX->new(Peer => "/run/outrider/admin.sock") ? print "connected" : print $!';
    expect(await inPerl(connect)).to.equal('No such file or directory');
  });

  it('cannot send the datagram by which a hot restart stops the proxy', async () => {
    // Envoy's names for its sockets: source/server/hot_restarting_base.cc.
    for (const role of ['parent', 'child']) {
      const socket = `IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => "\\0envoy_domain_socket_${role}_0")`;
      expect(await inPerl(`${socket} ? print "connected" : print $!`)).to.equal('Connection refused');
    }
  });

  it('finds no abstract socket, by which a hot restart would stop the proxy', async () => {
    expect(await asApp("awk '{ print $8 }' /proc/net/unix | grep '^@' || true")).to.equal('');
  });

  it('cannot see the process of the proxy', async () => {
    expect(await asApp('ps | grep -c "[e]nvoy" || true')).to.equal('0');
  });
});
