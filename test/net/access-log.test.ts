import { expect } from 'chai';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { passthroughSource } from '../../settings/names.ts';
import { port } from '../../settings/port.ts';
import type { AccessLog } from '../../settings/settings.ts';
import { type Envoy, startEnvoy } from './envoy.ts';
import { buildExecutable, runInit } from './executable.ts';
import { createPair, outside, type Pair } from './pair.ts';
import { connect, fixture, startServer } from './traffic.ts';

const appUid = 1000;
const httpPorts = [{ port: port(8082), protocol: 'http' }] as const;
const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);
/** `10.77.0.1:40000`, of which the port is the kernel's to choose. */
const from = (address: string): RegExp => {
  const escaped = bracketed(address).replaceAll(/[.[\]]/g, '\\$&');
  return new RegExp(`^${escaped}:[0-9]+$`);
};

describe("the proxy's access log", () => {
  let pair: Pair;
  let envoy: Envoy | undefined;

  before(async () => {
    await buildExecutable();
    pair = await createPair();
    const init = await runInit(pair.pod, ['apply']);
    expect(init.exitCode, init.stderr).to.equal(0);
    await startServer(pair.pod, [8080], { uid: appUid });
    await startServer(pair.peer, [80]);
    const doubling =
      'require("net").createServer((s) => s.once("data", (d) => s.end(d + d))).listen(9000, () => console.log("ready"))';
    await pair.pod.spawn(process.execPath, ['-e', doubling], { uid: appUid }).nextLine();
  });

  afterEach(async () => {
    await envoy?.stop();
    envoy = undefined;
  });
  after(() => pair?.close());

  const start = async (accessLog: AccessLog): Promise<Envoy> => {
    const ports = { outboundPort: port(15001), inboundPort: port(15006) };
    envoy = await startEnvoy(
      pair.pod,
      (adminSocket) =>
        renderBootstrap({ ...ports, families: ['ipv4', 'ipv6'], adminSocket, accessLog, httpPorts }),
      { args: ['--file-flush-interval-msec', '1000'] },
    );
    return envoy;
  };

  for (const family of ['ipv4', 'ipv6'] as const) {
    it(`tells over ${family} of an outbound and an inbound connection`, async () => {
      const { nextLine } = await start('json');
      const own = pair.pod.addresses[family];

      const outbound = await connect(pair.pod, { address: outside[family], port: 80 }, { uid: appUid });
      const { start_time, source, upstream_local_address, duration_ms, ...rest } = JSON.parse(
        await nextLine(),
      );
      expect(rest).to.deep.equal({
        direction: 'outbound',
        original_destination: `${bracketed(outside[family])}:80`,
        chain: 'virtualOutbound-catchall-tcp',
        cluster: 'PassthroughCluster',
        upstream_remote_address: `${bracketed(outside[family])}:80`,
        bytes_received: 0,
        bytes_sent: JSON.stringify(outbound).length + 1,
        response_flags: '-',
        failure: null,
      });
      expect(source).to.match(from(own));
      expect(upstream_local_address).to.match(from(own));
      expect(start_time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(duration_ms).to.be.a('number').within(0, 3000);

      const inbound = await connect(pair.peer, { address: own, port: 8080 });
      const line = JSON.parse(await nextLine());
      expect(line).to.deep.include({
        direction: 'inbound',
        original_destination: `${bracketed(own)}:8080`,
        chain: 'virtualInbound-catchall-tcp',
        cluster: 'InboundPassthroughCluster',
        upstream_remote_address: `${bracketed(own)}:8080`,
        bytes_sent: JSON.stringify(inbound).length + 1,
      });
      expect(line.source).to.match(from(pair.peer.addresses[family]));
      expect(line.upstream_local_address).to.match(from(passthroughSource[family]));
    });

    it(`tells over ${family} why a connection was refused`, async () => {
      const { nextLine } = await start('json');
      const own = pair.pod.addresses[family];
      await connect(pair.peer, { address: own, port: 15006 });
      expect(JSON.parse(await nextLine())).to.deep.include({
        direction: 'inbound',
        original_destination: `${bracketed(own)}:15006`,
        chain: 'virtualInbound-blackhole',
        cluster: 'BlackHoleCluster',
        upstream_remote_address: null,
        response_flags: 'UH',
      });
      await connect(pair.peer, { address: own, port: 8089 });
      expect(JSON.parse(await nextLine())).to.deep.include({
        direction: 'inbound',
        original_destination: `${bracketed(own)}:8089`,
        cluster: 'InboundPassthroughCluster',
        response_flags: 'UF,URX',
        failure: 'delayed_connect_error:_Connection_refused',
      });
    });
  }

  it('counts bytes as they come from who opened the connection, and as they go there', async () => {
    const { nextLine } = await start('json');
    const talk =
      'import socket, sys\ns = socket.create_connection((sys.argv[1], 9000))\ns.sendall(b"hello")\nprint(s.recv(99))';
    const { stdout } = await pair.peer.exec('/usr/bin/python3', ['-c', talk, pair.pod.addresses.ipv4]);
    expect(stdout).to.equal("b'hellohello'\n");
    expect(JSON.parse(await nextLine())).to.deep.include({ bytes_received: 5, bytes_sent: 10 });
  });

  describe('where HTTP is declared', () => {
    before(async () => {
      await pair.pod.spawn(process.execPath, [fixture('status-app.ts'), '8082'], { uid: appUid }).nextLine();
    });
    const url = (path: string): string => `http://${pair.pod.addresses.ipv4}:8082${path}`;

    it('tells of each request, and of the connection with all of its bytes', async () => {
      const { nextLine } = await start('json');
      const trace = 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const { stdout } = await pair.peer.exec('curl', [
        ...['-s', '-H', 'Host: shop', '-H', trace, '-d', 'four', url('/404?token=secret'), url('/200')],
      ]);
      expect(stdout).to.equal('hellohello');
      const { start_time, source, upstream_local_address, duration_ms, ...rest } = JSON.parse(
        await nextLine(),
      );
      expect(rest).to.deep.equal({
        direction: 'inbound',
        original_destination: '10.77.0.1:8082',
        chain: 'inbound|8082||',
        cluster: 'InboundPassthroughHttpCluster',
        upstream_remote_address: '10.77.0.1:8082',
        bytes_received: 4,
        bytes_sent: 5,
        response_flags: '-',
        failure: null,
        protocol: 'HTTP/1.1',
        response_code: 404,
        response_code_details: 'via_upstream',
        grpc_status: null,
        method: 'POST',
        authority: 'shop',
        path: '/404',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      });
      expect(source).to.match(from(pair.peer.addresses.ipv4));
      expect(upstream_local_address).to.match(from(passthroughSource.ipv4));
      expect(start_time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(duration_ms).to.be.a('number').within(0, 3000);
      expect(JSON.parse(await nextLine())).to.deep.include({ response_code: 200, path: '/200' });
      const line = JSON.parse(await nextLine());
      expect(line).to.deep.include({ chain: 'inbound|8082||', cluster: null, upstream_remote_address: null });
      expect(line).not.to.have.property('method');
      expect(line.bytes_received).to.be.within(100, 800);
      expect(line.bytes_sent).to.be.within(100, 500);
    });

    it('tells of what the proxy answered itself', async () => {
      const { nextLine } = await start('json');
      await pair.peer.exec('curl', ['-s', '-H', 'Host: no host', url('/')]);
      expect(JSON.parse(await nextLine())).to.deep.include({
        response_code: 400,
        response_code_details: 'http.invalid_authority',
        cluster: null,
      });
    });

    it('is one line of text for each, in which nothing that a client wrote stands before what is known', async () => {
      const { nextLine } = await start('text');
      const forged = 'traceparent: 00-1-2-01 response_code=200';
      await pair.peer.exec('curl', ['-s', '-H', 'Host: shop', '-H', forged, url('/404?a=1')]);
      expect(await nextLine()).to.match(
        new RegExp(
          '^direction=inbound .* chain=inbound\\|8082\\|\\| .* failure=- protocol=HTTP/1\\.1 response_code=404 ' +
            'response_code_details=via_upstream grpc_status=- method=GET authority=shop path=/404 ' +
            'traceparent=00-1-2-01 response_code=200$',
        ),
      );
      expect(await nextLine()).to.match(/^direction=inbound .* cluster=- .* failure=-$/);
    });
  });

  it('is one line of text where that is asked for', async () => {
    const { nextLine } = await start('text');
    await connect(pair.pod, { address: outside.ipv4, port: 80 }, { uid: appUid });
    expect(await nextLine()).to.match(
      new RegExp(
        '^direction=outbound start_time=[-0-9T:.]+Z source=10\\.77\\.0\\.1:[0-9]+ ' +
          'original_destination=203\\.0\\.113\\.7:80 chain=virtualOutbound-catchall-tcp cluster=PassthroughCluster ' +
          'upstream_local_address=10\\.77\\.0\\.1:[0-9]+ upstream_remote_address=203\\.0\\.113\\.7:80 ' +
          'bytes_received=0 bytes_sent=[0-9]+ duration_ms=[0-9]+ response_flags=- failure=-$',
      ),
    );
  });

  it('has its last lines when the proxy ends', async () => {
    const { nextLine, stop } = await start('text');
    await connect(pair.pod, { address: outside.ipv4, port: 80 }, { uid: appUid });
    await stop();
    envoy = undefined;
    expect(await nextLine()).to.include('original_destination=203.0.113.7:80');
  });

  it('tells nothing where it is off', async () => {
    const { nextLine, stop } = await start('off');
    await connect(pair.pod, { address: outside.ipv4, port: 80 }, { uid: appUid });
    await stop();
    envoy = undefined;
    const told = await nextLine().catch((error: Error) => error);
    expect(told).to.be.an('error');
  });
});
