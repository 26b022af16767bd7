import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { readSecret, readSerials, shownSerials } from './certificate-state.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { cut, killApiServer, mend, pauseEtcd, resumeEtcd, startApiServer } from './local/control-plane.ts';
import { waitForWebhook } from './outrider.ts';
import { podManifest } from './pods.ts';
import { until } from './polling.ts';
import { openReplicas, type Replica, resourcesIn } from './replicas.ts';
import { useOutrider } from './use-outrider.ts';

const [shop, bank] = ['away-shop', 'away-bank'];
const system = ['-n', 'outrider-system'];
const enabled = '/mutate/enabled-namespace';

/** What is changed while nobody can be told is known this soon after, in milliseconds. */
const bound = 15_000;
const longerThanKeepAlive = 25_000;
const shorterThanKeepAlive = 8_000;

describe('the webhook without the API server', function () {
  this.timeout(180_000);
  const cluster = useOutrider();
  useNamespace(cluster, shop);
  useNamespace(cluster, bank);
  let replicas: Replica[] = [];
  let certificatesAddress = '';
  let restarts = '';
  let memory: number[] = [];

  const run = (args: readonly string[], input?: object): Promise<string> =>
    kubectl(cluster(), args, input && { input: JSON.stringify(input) });
  const configure = (data: Readonly<Record<string, string>>): Promise<string> => {
    const metadata = { name: 'outrider-config', namespace: 'outrider-system' };
    return run(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
  };
  const setCpu = (namespace: string, cpu: string): Promise<string> =>
    run(['annotate', '--overwrite', 'namespace', namespace, `outrider.io/proxy-cpu=${cpu}`]);
  const restartCounts = (): Promise<string> =>
    run([...system, 'get', 'pods', '-o', 'jsonpath={.items[*].status.containerStatuses[*].restartCount}']);
  const memoryOf = async (replica: Replica): Promise<number> => {
    const { text } = await replica.get('/metrics');
    return Number(/^process_resident_memory_bytes (\d+)/m.exec(text)?.[1]) / 2 ** 20;
  };
  /** Seconds since each cache was known to be as the API server has it. */
  const agesOf = async (replica: Replica): Promise<Record<string, number>> => {
    const { text } = await replica.get('/metrics');
    const lines = text.matchAll(/^outrider_cache_synced_timestamp_seconds\{cache="(\w+)"\} ([\d.e+]+)$/gm);
    return Object.fromEntries([...lines].map(([, cache, at]) => [cache, Date.now() / 1000 - Number(at)]));
  };

  /** What a replica makes of a namespace's annotation and of the ConfigMap, and of what that enforces. */
  const answersOf = async (replica: Replica): Promise<string[]> => {
    const contradicting = { annotations: { 'outrider.io/proxy-memory': '90Mi' } };
    const asked = [
      [shop, {}],
      [bank, {}],
      [shop, contradicting],
    ] as const;
    return await Promise.all(
      asked.map(async ([namespace, more]) => {
        const pod = podManifest({ name: 'asked', namespace, ...more });
        return resourcesIn(await replica.review(enabled, namespace, pod));
      }),
    );
  };
  const expected = (shopCpu: string, bankCpu: string, memory: string): string[] => [
    `${shopCpu} ${memory}`,
    `${bankCpu} ${memory}`,
    `outrider: pod annotation outrider.io/proxy-memory: "90Mi" is not valid: expected "${memory}" or no value: ConfigMap outrider-config enforces it`,
  ];
  const settled = async (answers: string[]): Promise<number> => {
    const began = performance.now();
    let latest: unknown;
    const isSettled = async (): Promise<boolean> => {
      latest = await Promise.all(replicas.map(answersOf));
      return JSON.stringify(latest) === JSON.stringify(replicas.map(() => answers));
    };
    await until(isSettled, AbortSignal.timeout(60_000)).catch(() =>
      expect(latest).to.deep.equal(replicas.map(() => answers)),
    );
    return performance.now() - began;
  };

  /** Asks every replica all the time that `work` takes: all of it is answered by `answers`, and every replica is ready. */
  const throughout = async (answers: string[], work: () => Promise<unknown>): Promise<void> => {
    const heard = new Set<string>();
    let [asked, isOver] = [0, false];
    const listen = async (replica: Replica): Promise<void> => {
      for (; !isOver; asked += 1) {
        heard.add(JSON.stringify(await answersOf(replica).catch(String)));
        heard.add(JSON.stringify(await replica.get('/readyz').catch(String)));
        await sleep(50);
      }
    };
    const listening = Promise.all(replicas.map(listen));
    await work().finally(() => {
      isOver = true;
    });
    await listening;
    expect(asked).to.be.above(20);
    expect([...heard]).to.have.members([
      JSON.stringify(answers),
      JSON.stringify({ status: 200, text: 'ok' }),
    ]);
  };

  before(async function () {
    if (cluster().provider !== 'local') this.skip();
    for (const namespace of [shop, bank]) {
      await run(['label', 'namespace', namespace, 'outrider.io/injection=enabled']);
      await setCpu(namespace, '30m');
    }
    await configure({ 'proxy-memory': '70Mi', enforced: 'proxy-memory' });
    await waitForWebhook(cluster());
    replicas = await openReplicas(cluster());
    const certificates = ['get', 'pods', '-l', 'app.kubernetes.io/component=certificates'];
    const address = 'jsonpath={.items[0].status.podIP}';
    certificatesAddress = await run([...system, ...certificates, '-o', address]);
    await settled(expected('30m', '30m', '70Mi'));
    restarts = await restartCounts();
    memory = await Promise.all(replicas.map(memoryOf));
  });
  after(async () => {
    for (const replica of replicas) replica.close();
    await run([...system, 'delete', 'configmap', 'outrider-config', '--ignore-not-found']);
  });

  it('answers as before while the API server is dead, and knows what changes once it is back', async () => {
    await throughout(expected('30m', '30m', '70Mi'), async () => {
      await killApiServer();
      await sleep(5_000);
      await startApiServer();
    });
    await setCpu(shop, '31m');
    expect(await settled(expected('31m', '30m', '70Mi'))).to.be.below(bound);
  });

  it('answers as before while etcd hangs for half a minute, and knows what changes once it goes on', async () => {
    await throughout(expected('31m', '30m', '70Mi'), async () => {
      await pauseEtcd();
      await sleep(30_000).finally(resumeEtcd);
    });
    await until(
      () =>
        setCpu(shop, '32m').then(
          () => true,
          () => false,
        ),
      AbortSignal.timeout(30_000),
    );
    expect(await settled(expected('32m', '30m', '70Mi'))).to.be.below(bound);
  });

  for (const [what, milliseconds, [before, shopCpu, bankCpu, memory]] of [
    ['for a moment', shorterThanKeepAlive, ['32m 30m 70Mi', '33m', '43m', '73Mi']],
    ['for longer than connections last', longerThanKeepAlive, ['33m 43m 73Mi', '34m', '44m', '74Mi']],
  ] as const) {
    it(`answers as before while the way is cut ${what}, and then knows all that has changed meanwhile`, async () => {
      const addresses = replicas.map(({ address }) => address);
      const [shopBefore = '', bankBefore = '', memoryBefore = ''] = before.split(' ');
      const { serving } = await readSerials(cluster());
      await cut(addresses);
      await throughout(expected(shopBefore, bankBefore, memoryBefore), async () => {
        const end = sleep(milliseconds);
        await run([...system, 'delete', 'secret', 'outrider-webhook-certificates']);
        await setCpu(shop, shopCpu);
        await configure({ 'proxy-memory': memory, enforced: 'proxy-memory' });
        // Its name stands for another namespace from then on.
        await run(['delete', 'namespace', bank]);
        await run(['create', 'namespace', bank]);
        await setCpu(bank, bankCpu);
        await end;
        for (const { namespaces } of await Promise.all(replicas.map(agesOf))) {
          expect(namespaces).to.be.above((milliseconds / 1000) * 0.9);
        }
      }).finally(() => mend(addresses));
      const began = performance.now();
      await settled(expected(shopCpu, bankCpu, memory));
      await until(async () => {
        const stored = (await readSerials(cluster())).serving;
        return stored !== serving && (await shownSerials(cluster())).every((shown) => shown === stored);
      }, AbortSignal.timeout(60_000));
      expect(performance.now() - began).to.be.below(bound);
    });
  }

  it('says so by its metrics, and again that all is well', async () => {
    await until(async () => {
      const ages = await Promise.all(replicas.map(agesOf));
      return ages.every((one) => Object.values(one).every((seconds) => seconds < 35));
    }, AbortSignal.timeout(60_000));
    for (const replica of replicas) {
      expect(await agesOf(replica)).to.have.all.keys('namespaces', 'configuration', 'certificate');
      const { text } = await replica.get('/metrics');
      for (const cache of ['namespaces', 'configuration', 'certificate']) {
        expect(text).to.match(new RegExp(`^outrider_cache_failures_total\\{cache="${cache}"\\} [1-9]`, 'm'));
      }
    }
  });

  it('refuses, with the reason, pods of a namespace that came after the cut', async () => {
    const addresses = replicas.map(({ address }) => address);
    await cut(addresses);
    try {
      for (const replica of replicas) {
        const began = performance.now();
        const { allowed, status } = await replica.review(enabled, 'away-new', podManifest({ name: 'new' }));
        expect(performance.now() - began).to.be.below(4_500);
        expect({ allowed, ...status }).to.deep.include({
          allowed: false,
          message:
            'outrider: nothing is known of namespace "away-new" yet, and the API server does not answer the webhook: try again; the webhook\'s log has the reason',
        });
      }
    } finally {
      await mend(addresses);
    }
  });

  it('gets its certificate from outrider-certificates, which catches up in the same way', async () => {
    const { serving } = await readSerials(cluster());
    await cut([certificatesAddress]);
    try {
      await run([...system, 'delete', 'secret', 'outrider-webhook-certificates']);
      await sleep(longerThanKeepAlive);
      expect(await readSecret(cluster())).to.equal(undefined);
    } finally {
      await mend([certificatesAddress]);
    }
    const began = performance.now();
    await until(async () => {
      const stored = (await readSerials(cluster())).serving;
      return (
        stored !== undefined &&
        stored !== serving &&
        (await shownSerials(cluster())).every((shown) => shown === stored)
      );
    }, AbortSignal.timeout(60_000));
    expect(performance.now() - began).to.be.below(bound);
  });

  it('has not been restarted by any of it, and has not grown', async () => {
    expect(await restartCounts()).to.equal(restarts);
    for (const [index, replica] of replicas.entries()) {
      expect((await memoryOf(replica)) - (memory[index] ?? 0)).to.be.below(100);
    }
  });
});
