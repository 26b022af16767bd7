import { expect } from 'chai';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { busybox, podAddresses, readyColumn, runPods } from './pods.ts';
import { until } from './polling.ts';
import { useOutrider } from './use-outrider.ts';

const [meshed, plain] = ['crash-meshed', 'crash-plain'];

const container = (name: string, script: string): object => ({
  ...busybox,
  name,
  command: ['sh', '-c', `trap exit TERM; ${script}`],
});
/** Tells of each call where it came from. */
const serve = 'mkdir /www; echo hello >/www/index.html; exec httpd -f -v -p "[::]:8080" -h /www';
/** Calls some times a second, and tells of each call how it ended. */
const call = (host: string): string =>
  `while :; do timeout 2 wget -q -O /dev/null http://${host}:8080/ 2>/dev/null && echo ok || echo failed; sleep 0.2 & wait $!; done`;
/** Kills the proxy of a pod, whose name is one of its arguments, from a container that sees all processes of the node. */
const killProxy = (pod: string): string =>
  `for of in /proc/[0-9]*; do tr '\\0' '\\n' <$of/cmdline 2>/dev/null | grep -qx ${pod}.${meshed} && kill -9 \${of#/proc/}; done; true`;

describe('a proxy that crashes', () => {
  const cluster = useOutrider();
  useNamespace(cluster, meshed);
  useNamespace(cluster, plain);
  const run = (namespace: string, ...args: string[]): Promise<string> =>
    kubectl(cluster(), ['-n', namespace, ...args]);

  interface Line {
    readonly at: number;
    readonly text: string;
  }
  const log = async (namespace: string, pod: string, name: string): Promise<Line[]> => {
    const lines = await run(namespace, 'logs', '--timestamps', pod, '-c', name);
    return lines.split('\n').flatMap((line) => {
      const [time = '', ...text] = line.split(' ');
      return time === '' ? [] : [{ at: Date.parse(time), text: text.join(' ') }];
    });
  };
  const inbound = (): Promise<Line[]> => log(plain, 'caller', 'app');
  const outbound = (): Promise<Line[]> => log(meshed, 'victim', 'caller');

  interface Status {
    readonly name: string;
    readonly restartCount: number;
    readonly containerID: string;
    readonly state: { readonly running?: { readonly startedAt: string } };
    readonly lastState: { readonly terminated?: { readonly finishedAt: string; readonly exitCode: number } };
  }
  const statuses = async (): Promise<Map<string, Status>> => {
    const { status } = JSON.parse(await run(meshed, 'get', 'pod', 'victim', '-o', 'json'));
    const all: Status[] = [...status.initContainerStatuses, ...status.containerStatuses];
    return new Map(all.map((one) => [one.name, one]));
  };
  const proxy = async (): Promise<Status> => {
    const status = (await statuses()).get('outrider-proxy');
    if (status === undefined) throw new Error('the pod has no proxy');
    return status;
  };
  const shows = async (column: string): Promise<boolean> =>
    (await readyColumn(cluster(), meshed)).victim === column;

  before(async function () {
    this.timeout(180_000);
    await kubectl(cluster(), ['label', 'namespace', meshed, 'outrider.io/injection=enabled']);
    await runPods(cluster(), plain, [
      { name: 'web', script: serve },
      {
        name: 'killer',
        spec: {
          hostPID: true,
          containers: [container('app', 'sleep 1d & wait')],
          terminationGracePeriodSeconds: 0,
        },
      },
    ]);
    const [web = ''] = await podAddresses(cluster(), plain, 'web');
    const containers = [container('app', serve), container('caller', call(web))];
    await runPods(cluster(), meshed, [
      { name: 'victim', spec: { containers, terminationGracePeriodSeconds: 0 } },
    ]);
    const [victim = ''] = await podAddresses(cluster(), meshed, 'victim');
    await runPods(cluster(), plain, [{ name: 'caller', script: call(victim) }]);
  });

  const kill = (): Promise<string> => run(plain, 'exec', 'killer', '--', 'sh', '-c', killProxy('victim'));
  /** Connections of both directions, from a moment on, have been made again. */
  const recovered = async (after: number): Promise<boolean> => {
    const both = await Promise.all([inbound(), outbound()]);
    return both.every((lines) => lines.some(({ at, text }) => at > after && text === 'ok'));
  };
  const running = async (restarts: number): Promise<boolean> => {
    const { restartCount, state } = await proxy();
    return restartCount === restarts && state.running !== undefined;
  };

  it('is started again within seconds by the kubelet, and the pod stays as it is', async () => {
    const app = (await statuses()).get('app')?.containerID;
    await until(() => recovered(0), AbortSignal.timeout(30_000));
    await kill();
    await until(() => running(1), AbortSignal.timeout(30_000));
    await until(() => recovered(Date.now()), AbortSignal.timeout(30_000));
    await until(() => shows('3/3'), AbortSignal.timeout(30_000));
    const after = (await statuses()).get('app');
    expect(after).to.include({ containerID: app, restartCount: 0 });
  });

  it('is started again after ten seconds when it crashes once more; until then the pod is not ready, and nothing passes by', async () => {
    await kill();
    await until(() => shows('2/3'), AbortSignal.timeout(20_000));
    await until(() => running(2), AbortSignal.timeout(60_000));
    const { state, lastState } = await proxy();
    const started = Date.parse(state.running?.startedAt ?? '');
    const ended = Date.parse(lastState.terminated?.finishedAt ?? '');
    expect(lastState.terminated).to.include({ exitCode: 137 });
    expect((started - ended) / 1000).to.be.within(9, 40);
    await until(() => recovered(started), AbortSignal.timeout(30_000));
    await until(() => shows('3/3'), AbortSignal.timeout(30_000));

    /** Times of the status are in whole seconds, and a call that was under way at the end was told later. */
    const down = ({ at }: Line): boolean => at > ended + 2000 && at < started;
    for (const calls of [await inbound(), await outbound()])
      expect(new Set(calls.filter(down).map(({ text }) => text))).to.deep.equal(new Set(['failed']));
    const servers = [await log(plain, 'web', 'app'), await log(meshed, 'victim', 'app')];
    for (const arrivals of servers) {
      expect(arrivals.filter(down)).to.deep.equal([]);
      expect(arrivals.filter(({ at }) => at < ended)).not.to.deep.equal([]);
    }
    for (const { text } of servers[1] ?? []) expect(text).to.match(/^\[(::ffff:127\.0\.0\.6|::6)\]:/);
  });
}).timeout(180_000);
