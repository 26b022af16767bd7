import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { until } from '../cluster/polling.ts';
import type { Host } from './host.ts';

/** One series of an answer: its labels, and its value now. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A running Prometheus, which asks its targets each second. */
export interface Prometheus {
  /** What a query has now; nothing while Prometheus is not ready. A query that it does not understand fails. */
  ask(query: string): Promise<readonly Sample[]>;
  stop(): Promise<void>;
}

/** Starts Prometheus in a host, and resolves once it has reached all targets of `scrapeConfigs`, which are `targets` many. */
export async function startPrometheus(
  host: Host,
  scrapeConfigs: readonly object[],
  targets: number,
): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-prometheus-'));
  const config = { global: { scrape_interval: '1s' }, scrape_configs: scrapeConfigs };
  await writeFile(join(folder, 'config.yaml'), JSON.stringify(config));
  const program = host.spawn('prometheus', [
    `--config.file=${join(folder, 'config.yaml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--web.listen-address=127.0.0.1:9090',
  ]);
  const prometheus: Prometheus = {
    async ask(query) {
      const url = 'http://127.0.0.1:9090/api/v1/query';
      const { stdout } = await host.exec('curl', ['-sG', '--data-urlencode', `query=${query}`, url]);
      // Empty before it listens, and `Service Unavailable` before it is ready.
      if (!stdout.startsWith('{')) return [];
      const { status, data, error } = JSON.parse(stdout);
      expect(status, `${query}: ${error}`).to.equal('success');
      return data.result.map(({ metric, value }: { metric: object; value: [number, string] }) => ({
        labels: metric,
        value: Number(value[1]),
      }));
    },
    async stop() {
      await program.stop();
      await rm(folder, { recursive: true });
    },
  };
  try {
    const reached = async () => (await prometheus.ask('up == 1')).length === targets;
    await until(reached, AbortSignal.timeout(40_000));
  } catch (error) {
    await prometheus.stop();
    throw error;
  }
  return prometheus;
}
