import { expect } from 'chai';
import { startProgram } from '../net/program.ts';
import { fixture } from '../net/traffic.ts';
import { needsRoutesToPods, useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { outriderImage } from './outrider.ts';
import { podAddresses, readyColumn, runPods } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const namespace = 'flood';

/** An application that hangs: the kernel takes connections for it, and what is said on them, and nobody reads. */
const hang =
  '$one = IO::Socket::INET->new(LocalPort => 8080, Listen => 4096) or die; $SIG{TERM} = sub { exit }; sleep';

describe('a flood of connections that pour into an application that hangs', () => {
  const cluster = useOutrider();
  needsRoutesToPods(cluster);
  useNamespace(cluster, namespace);

  before(async () => {
    await kubectl(cluster(), ['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
  });

  for (const [limit, most] of [
    ['64Mi', 256],
    ['128Mi', 597],
  ] as const) {
    it(`costs refusals, and not the proxy its life, with a memory limit of ${limit}`, async () => {
      const name = `hung-${limit.toLowerCase()}`;
      const annotations = { 'outrider.io/proxy-memory-limit': limit, 'outrider.io/proxy-memory': limit };
      const app = {
        name: 'app',
        image: outriderImage,
        command: ['perl', '-MIO::Socket::INET', '-e', hang],
        securityContext: { runAsUser: 1000 },
      };
      const spec = { containers: [app], terminationGracePeriodSeconds: 0 };
      await runPods(cluster(), namespace, [{ name, annotations, spec }]);
      const [address = ''] = await podAddresses(cluster(), namespace, name);

      const args = [fixture('crowd.py'), 'open', address, '8080', '2000'];
      const crowd = startProgram('/usr/bin/python3', args, {});
      const ask = async (verb: string): Promise<number> => {
        crowd.writeLine(verb);
        return Number(await crowd.nextLine());
      };
      try {
        await crowd.nextLine();
        await until(async () => (await ask('count')) === most, AbortSignal.timeout(30_000));
        // Several times, since Envoy takes more each time that the kernel has taken some for the application; until all is full.
        const poured = [await ask('pour'), await ask('pour'), await ask('pour')];
        expect(poured.reduce((sum, bytes) => sum + bytes)).to.be.above(most * 128 * 1024);
        expect(await ask('count')).to.equal(most);
      } finally {
        await crowd.stop();
      }
      expect(await readyColumn(cluster(), namespace)).to.include({ [name]: '2/2' });
      const restarts = 'jsonpath={.status.initContainerStatuses[?(@.name=="outrider-proxy")].restartCount}';
      expect(await kubectl(cluster(), ['-n', namespace, 'get', 'pod', name, '-o', restarts])).to.equal('0');
    });
  }
}).timeout(120_000);
