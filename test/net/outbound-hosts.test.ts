import { mkdir, rm, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Envoy } from './envoy.ts';
import { createPair, outside, type Pair } from './pair.ts';
import { startSettledProxy } from './settled-proxy.ts';
import { connect, fixture, startServer } from './traffic.ts';

const uid = 1000;
const texts = {
  'ip-families': 'dual',
  'outbound-policy': 'blackhole',
  'allow-outbound-hosts':
    'shop.example,*.wild.example,six.example,near.example,link.example,shop.example:8080',
  'allow-outbound-cidrs': '203.0.113.8/32',
};
const alsoOutside = '203.0.113.8';

/** What the world's DNS says: in the end, of some names that they are near. */
const records = [
  `shop.example=${outside.ipv4}`,
  `a.wild.example=${outside.ipv4}`,
  `six.example=${outside.ipv6}`,
  `other.example=${outside.ipv4}`,
  'near.example=127.0.0.1,::1,0.0.0.0',
  'link.example=169.254.169.254,fe80::1',
];

describe('hosts that a black-holed pod may call', () => {
  let pair: Pair;
  let envoy: Envoy;
  let folder: string;

  before(async function () {
    this.timeout(60_000);
    pair = await createPair();
    folder = `/etc/netns/${pair.pod.name}`;
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/resolv.conf`, `nameserver ${pair.peer.addresses.ipv4}\n`);
    await pair.peer.exec('ip', ['addr', 'add', `${alsoOutside}/32`, 'dev', 'lo']);
    const dns = pair.peer.spawn('/usr/bin/python3', [
      fixture('dns.py'),
      pair.peer.addresses.ipv4,
      ...records,
    ]);
    await dns.nextLine();
    envoy = await startSettledProxy(pair.pod, texts);
    // What is near listens on the same ports, to be seen if it were reached.
    for (const host of [pair.pod, pair.peer]) {
      await startServer(host, [443, 444]);
      await host.spawn(process.execPath, [fixture('http-server.ts'), '80', '8080']).nextLine();
    }
  });
  after(async () => {
    await envoy?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true });
    await pair?.close();
  });

  /** Begins a handshake with the peer's own address, which is not that of any name. */
  const handshake = async (
    name: string,
    port = 443,
    address = pair.peer.addresses.ipv4,
  ): Promise<unknown> => {
    const args = [fixture('client-hello.py'), address, `${port}`, name];
    const { stdout, stderr } = await pair.pod.exec('/usr/bin/python3', args, { uid });
    return JSON.parse(stdout || JSON.stringify({ stderr }));
  };
  const curl = async (host: string, port = 80): Promise<string> => {
    const url = `http://${pair.peer.addresses.ipv4}:${port}/`;
    const args = ['-s', '--max-time', '4', '-w', '%{http_code}', '-H', `Host: ${host}`, url];
    return (await pair.pod.exec('curl', args, { uid })).stdout;
  };

  const none = { program: 'none', error: 'CLOSED' };

  describe('by the name in the TLS handshake', () => {
    for (const name of ['shop.example', 'a.wild.example', 'SHOP.example']) {
      it(`${name} is called where it is, whatever address was dialled`, async () => {
        expect(await handshake(name)).to.deep.include({
          program: 'server',
          local: { address: outside.ipv4, port: 443 },
        });
      });
    }

    it('a host of the other family is called where it is', async () => {
      expect(await handshake('six.example')).to.deep.include({
        program: 'server',
        local: { address: outside.ipv6, port: 443 },
      });
      expect(await handshake('shop.example', 443, pair.peer.addresses.ipv6)).to.deep.include({
        program: 'server',
        local: { address: outside.ipv4, port: 443 },
      });
    });

    for (const name of ['other.example', 'wild.example', 'shop.example.other.example']) {
      it(`${name} is refused, which is not among them`, async () => {
        expect(await handshake(name)).to.deep.equal(none);
      });
    }

    for (const name of ['near.example', 'link.example', 'unknown.wild.example']) {
      it(`${name} is refused, which leads to no address that may be`, async () => {
        expect(await handshake(name)).to.deep.equal(none);
      });
    }

    it('is not read on another port, where all is refused', async () => {
      expect(await handshake('shop.example', 444)).to.deep.equal(none);
    });
  });

  describe('by the Host of a request', () => {
    for (const [host, port] of [
      ['shop.example', 80],
      ['Shop.Example:80', 80],
      ['a.wild.example', 80],
      ['shop.example:8080', 8080],
    ] as const) {
      it(`${host} is called on port ${port}, and the request comes as it was sent`, async () => {
        const [body = '', status] = (await curl(host, port)).split('\n');
        expect(status).to.equal('200');
        const { local, rawHeaders } = JSON.parse(body);
        expect(local).to.deep.equal({ address: outside.ipv4, port });
        const names = rawHeaders.filter((_: string, index: number) => index % 2 === 0);
        expect(names).to.have.members(['Host', 'User-Agent', 'Accept']);
        expect(rawHeaders).to.include(host);
      });
    }

    for (const [host, port] of [
      ['other.example', 80],
      ['shop.example:8080', 80],
      ['shop.example:22', 80],
      ['shop.example', 8080],
      ['shop.example.', 80],
      ['127.0.0.1', 80],
      [outside.ipv4, 80],
    ] as const) {
      it(`${host} is refused on port ${port}, in words`, async () => {
        expect(await curl(host, port)).to.match(/allow-outbound-hosts\n403$/);
      });
    }

    for (const host of [
      'near.example',
      'link.example',
      'unknown.wild.example',
      '127.0.0.1:80.wild.example',
    ]) {
      it(`${host} is refused, which leads to no address that may be`, async () => {
        expect(await curl(host)).to.match(/50[023]$/);
      });
    }
  });

  it('leave allowed addresses as they are, on the same ports', async () => {
    const to = { address: alsoOutside, port: 443 };
    expect(await handshake('other.example', to.port, to.address)).to.deep.include({
      program: 'server',
      local: to,
    });
  });

  it('are counted where an address is dropped', async () => {
    const name = 'envoy_dns_cache_allowed_hosts_dns_address_filter_out{}';
    await handshake('near.example');
    expect((await envoy.metrics()).get(name)).to.be.above(0);
  });

  it('open no other port', async () => {
    for (const port of [444, 22]) {
      const answer = await connect(pair.pod, { address: outside.ipv4, port }, { uid });
      expect(answer).to.have.property('program', 'none');
    }
  });
});
