import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Cluster } from '../cluster.ts';

const root = join(import.meta.dirname, '../../..');
export const chart = join(root, 'charts/outrider');

/** The current one applies on the server's side; the one before it merges three ways by itself. */
export const helms = ['helm4', 'helm3'] as const;
export type HelmName = (typeof helms)[number];

export interface HelmOptions {
  /** For the commands that talk to a cluster. */
  readonly cluster?: Pick<Cluster, 'kubeconfig'>;
  /** Written as the file of values, which overrides the chart's own. */
  readonly values?: object;
}

export type Helm = (name: HelmName, args: readonly string[], options?: HelmOptions) => Promise<string>;

/** Gives the suite {@link openHelm}. */
export function useHelm(): Helm {
  let opened: OpenedHelm | undefined;
  before(async function () {
    // Helm is built where it is not yet.
    this.timeout(30 * 60_000);
    opened = await openHelm();
  });
  after(() => opened?.close());
  return (...args) => {
    if (opened === undefined) throw new Error('Helm is there in hooks and tests only');
    return opened.helm(...args);
  };
}

interface OpenedHelm {
  /** It prints to stdout what is returned, and what it says to stderr is in the error. */
  readonly helm: Helm;
  close(): Promise<void>;
}

export async function openHelm(): Promise<OpenedHelm> {
  const { stdout } = await execa(join(import.meta.dirname, 'build.sh'), { stderr: 'inherit' });
  const programs = stdout.trim();
  // Helm's own files are the user's, whose plugins and repositories have no part in this.
  const home = await mkdtemp(join(tmpdir(), 'outrider-helm-'));
  const helm: Helm = async (name, args, { cluster, values = {} } = {}) => {
    const withValues = ['install', 'upgrade', 'template', 'lint'].includes(args[0] ?? '');
    const { stdout } = await execa(join(programs, name), [...args, ...(withValues ? ['-f', '-'] : [])], {
      input: JSON.stringify(values),
      env: {
        HELM_CONFIG_HOME: home,
        HELM_CACHE_HOME: home,
        HELM_DATA_HOME: home,
        KUBECONFIG: cluster?.kubeconfig ?? '/dev/null',
        NO_PROXY: '*',
      },
    });
    return stdout;
  };
  return { helm, close: () => rm(home, { recursive: true }) };
}
