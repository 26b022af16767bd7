import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { outside } from '../pair.ts';
import { startServer } from '../traffic.ts';
import { attacker, type BlackholedPod, createBlackholedPod, forbidden } from './blackholed-pod.ts';
import { naming } from './client-hello.ts';
import { sendBytes } from './send-bytes.ts';
import { type Wire, watchWire } from './wire.ts';

/** What answers for an allowed name could be, were it the attacker's. */
const near: Readonly<Record<string, string>> = {
  loopback: '127.0.0.2,::1',
  'this-host': '0.0.0.0,::',
  'this-network': '0.1.2.3',
  'link-local': 'fe80::1',
  metadata: '169.254.169.254',
  'metadata-of-azure': '168.63.129.16',
  'metadata-of-alibaba': '100.100.100.200',
  'metadata-of-amazon': 'fd00:ec2::254',
  'metadata-of-google': 'fd20:ce::254',
  'mapped-loopback': '::ffff:127.0.0.1',
  'mapped-metadata': '::ffff:169.254.169.254',
  'mapped-address': `::ffff:${forbidden.ipv4}`,
  'compatible-loopback': '::127.0.0.1',
  'translated-loopback': '64:ff9b::127.0.0.1',
  'translated-metadata': '64:ff9b::169.254.169.254',
  'translated-this-host': '64:ff9b::0.0.0.0',
  broadcast: '255.255.255.255',
  multicast: '224.0.0.1,ff02::1',
};

describe('an allowed name whose owner says where it leads', () => {
  let pod: BlackholedPod;
  let wire: Wire;

  before(async function () {
    this.timeout(60_000);
    pod = await createBlackholedPod({}, [
      ...Object.entries(near).map(([name, addresses]) => `${name}.wild.example=${addresses}`),
      'own.wild.example=10.77.0.1,fd00:77::1',
      `changing.wild.example=${outside.ipv4}/127.0.0.1`,
      `both.wild.example=127.0.0.1,${outside.ipv4}`,
    ]);
    // What is near listens too, to be seen if it were reached.
    for (const host of [pod.pod, pod.peer]) await startServer(host, [443]);
    wire = await watchWire(pod);
  });
  after(() => pod?.close());

  const call = (name: string): Promise<string> =>
    sendBytes(pod.pod, { address: forbidden.ipv4, port: 443 }, [naming(`${name}.wild.example`)], attacker);
  const filteredOut = async (): Promise<number> =>
    (await pod.envoy.metrics()).get('envoy_dns_cache_allowed_hosts_dns_address_filter_out{}') ?? 0;
  const atOutside = { program: 'server', local: { address: outside.ipv4, port: 443 } };

  for (const [name, addresses] of Object.entries(near)) {
    it(`is not followed to ${addresses} (${name})`, async () => {
      expect(await call(name)).to.match(/^(ECONNRESET)?$/);
      expect(await wire.strays()).to.deep.equal([]);
    });
  }

  it('is followed to the other address of two, if one is near', async () => {
    expect(JSON.parse(await call('both'))).to.deep.include(atOutside);
  });

  it("leads back into the pod to the application's own port, and to none of the proxy's", async () => {
    const answer = JSON.parse(await call('own'));
    expect(answer).to.have.nested.property('local.port', 443);
    expect(answer).to.have.nested.property('remote.address').that.is.oneOf(['127.0.0.6', '::6']);
  });

  it('is asked for again, and what it says then is judged again', async () => {
    const before = await filteredOut();
    expect(JSON.parse(await call('changing'))).to.deep.include(atOutside);
    // Envoy keeps an answer for five seconds at least.
    while ((await filteredOut()) === before) {
      await setTimeout(500);
      // An entry that nobody asks for would be dropped.
      await call('changing');
    }
    expect(JSON.parse(await call('changing'))).to.deep.include(atOutside);
    expect(await wire.strays()).to.deep.equal([]);
  });
});
