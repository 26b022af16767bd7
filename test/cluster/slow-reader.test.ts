import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { startProgram } from '../net/program.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { inApp, podAddresses, runPods } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

/** Reads on once it is told to; then what it has counted at the end of the connection, or when it is finished. */
interface Reader {
  readonly counted: Promise<number>;
  readOn(): Promise<unknown>;
  finish(): Promise<number>;
}

const [meshed, plain] = ['slow-meshed', 'slow-plain'];
const bytes = 2 * 2 ** 20;

/**
 * Says when it listens, answers one connection with as many bytes, says so once the kernel has taken the last, and ends
 * when it is told.
 */
const serve = `
(nc -l -p 8080 -e sh -c 'head -c ${bytes} /dev/zero; echo written >/proc/1/fd/1; sleep 1d') &
trap 'exit 0' TERM
until netstat -ltn | grep -q :8080; do sleep 0.1; done
echo listening
wait`;

describe('the last bytes of a pod, to who reads slowly', () => {
  const cluster = useOutrider();
  useNamespace(cluster, meshed);
  useNamespace(cluster, plain);

  before(async function () {
    this.timeout(120_000);
    await kubectl(cluster(), ['label', 'namespace', meshed, 'outrider.io/injection=enabled']);
    await runPods(cluster(), plain, [{ name: 'reader' }]);
  });

  /** The reader of one pod's bytes, which has read none of them yet; all of them are written. */
  async function begin(name: string, annotations = {}): Promise<Reader> {
    const spec = { terminationGracePeriodSeconds: 30 };
    await runPods(cluster(), meshed, [{ name, annotations, script: serve, spec }]);
    const said = (word: string) => async (): Promise<boolean> =>
      (await pod('logs', name, '-c', 'app')).includes(word);
    await until(said('listening'), AbortSignal.timeout(30_000));
    const [address = ''] = await podAddresses(cluster(), meshed, name);
    const inReader = (script: string): Promise<string> => inApp(cluster(), plain, 'reader', script);
    const counted = inReader(`mkdir -p /tmp; timeout 90 nc ${address} 8080 </dev/null |
      (until [ -e /tmp/${name} ]; do sleep 0.1; done; wc -c)`).then(Number);
    await until(said('written'), AbortSignal.timeout(30_000));
    return {
      counted,
      readOn: () => inReader(`touch /tmp/${name}`),
      async finish() {
        await inReader('killall nc');
        return counted;
      },
    };
  }

  const pod = (...args: string[]): Promise<string> => kubectl(cluster(), ['-n', meshed, ...args]);

  it('are lost when the application ends before they are read, for the proxy ends behind it', async () => {
    const { readOn, finish } = await begin('ended');
    await pod('delete', 'pod', 'ended', '--timeout=60s');
    await readOn();
    // Nobody tells the reader that there is no more: the network of a pod that is gone answers nothing.
    await sleep(3000);
    expect(await finish()).to.be.below(bytes);
  });

  it('arrive within drain-seconds, when the application has ended long since', async () => {
    const { readOn, counted } = await begin('drained', { 'outrider.io/drain-seconds': '20' });
    const { kubectl: program, kubeconfig } = cluster();
    const options = { env: { KUBECONFIG: kubeconfig, NO_PROXY: '*' } };
    // A log that is followed ends with its container.
    const log = startProgram(program, ['-n', meshed, 'logs', '-f', 'drained', '-c', 'app'], options);
    expect([await log.nextLine(), await log.nextLine()]).to.deep.equal(['listening', 'written']);
    await pod('delete', 'pod', 'drained', '--wait=false');
    await log.ended;
    await readOn();
    expect(await counted).to.equal(bytes);
  });
});
