import { expect } from 'chai';
import { startProgram } from '../net/program.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { podAddresses, runPods } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const [meshed, plain] = ['drain-meshed', 'drain-plain'];
const serve = "mkdir -p /tmp; echo hello >/tmp/index.html; exec httpd -f -p '[::]:8080' -h /tmp";

/** Fetches each second, and five times more once it is told to end. */
const fetchToTheEnd = (host: string): string => `
trap left=5 TERM
while [ "\${left:-forever}" != 0 ]; do
  timeout 2 wget -q -O /dev/null http://${host}:8080/ && echo "ok \${left:-}" || echo "failed \${left:-}"
  if [ -n "\${left:-}" ]; then left=$((left - 1)); fi
  sleep 1 & wait $!
done
echo end`;

describe('the end of a pod', () => {
  const cluster = useOutrider();
  useNamespace(cluster, meshed);
  useNamespace(cluster, plain);
  const run = (...args: string[]): Promise<string> => kubectl(cluster(), ['-n', meshed, ...args]);
  const spec = { terminationGracePeriodSeconds: 30 };

  before(async function () {
    this.timeout(120_000);
    await kubectl(cluster(), ['label', 'namespace', meshed, 'outrider.io/injection=enabled']);
    await runPods(cluster(), plain, [{ name: 'web', script: serve }]);
  });

  it('leaves the application its way out through the proxy until it has ended by itself', async () => {
    const [host = ''] = await podAddresses(cluster(), plain, 'web');
    await runPods(cluster(), meshed, [{ name: 'slow', script: fetchToTheEnd(host), spec }]);
    const { kubectl: program, kubeconfig } = cluster();
    const options = { env: { KUBECONFIG: kubeconfig, NO_PROXY: '*' } };
    const log = startProgram(program, ['-n', meshed, 'logs', '-f', 'slow', '-c', 'app'], options);
    const lines = [await log.nextLine()];
    await run('delete', 'pod', 'slow', '--wait=false');
    while (lines.at(-1) !== 'end') lines.push(await log.nextLine());
    await log.stop();
    expect(lines.filter((line) => line.startsWith('failed'))).to.deep.equal([]);
    expect(lines.slice(-6)).to.deep.equal(['ok 5', 'ok 4', 'ok 3', 'ok 2', 'ok 1', 'end']);
  });

  it('is put off by drain-seconds, counted from the deletion', async () => {
    const annotations = { 'outrider.io/drain-seconds': '8' };
    const script = 'sleep 1d & wait';
    await runPods(cluster(), meshed, [{ name: 'drained', annotations, script, spec }]);
    const deleted = Date.now();
    await run('delete', 'pod', 'drained', '--timeout=60s');
    expect((Date.now() - deleted) / 1000).to.be.within(8, 20);
  });
});
