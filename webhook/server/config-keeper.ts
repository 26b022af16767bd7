import type { Logger } from 'pino';
import type { Family } from '../../settings/cidr.ts';
import { listProblems } from '../admission/problems.ts';
import { type Config, parseConfig } from '../decision/config.ts';
import { findIneffective } from '../decision/ineffective.ts';
import { type ForeignKeys, noForeignKeys } from '../decision/published.ts';
import type { Revision } from '../decision/revision.ts';
import type { ConfigMetrics } from './config-metrics.ts';

/** The data of one version of the ConfigMap; `undefined` where there is none. */
export type ConfigData = Readonly<Record<string, string>> | undefined;

/** Keeps the newest good version of the configuration in force. */
export interface ConfigKeeper {
  /** What is in force; `undefined` until there has been a good version, or no ConfigMap. */
  inForce(): Config | undefined;
  /** Takes the last version that was offered once more: others may know now what nobody knew. */
  takeAgain(): void;
  /** Takes a version, or refuses it as a whole and leaves the one in force; returns what is wrong with it. */
  take(data: ConfigData): readonly string[];
}

interface Whose {
  readonly revision?: Revision;
  /** What only injectors of other versions know. */
  readonly foreign?: () => ForeignKeys;
}

/** @param families those of the cluster's pods. */
export function keepConfig(
  metrics: ConfigMetrics,
  log: Logger,
  families: readonly Family[],
  { revision, foreign = () => noForeignKeys }: Whose = {},
): ConfigKeeper {
  let config: Config | undefined;
  let offered: { readonly data: ConfigData } | undefined;
  const keeper: ConfigKeeper = {
    inForce: () => config,
    takeAgain: () => void (offered && keeper.take(offered.data)),
    take(data) {
      offered = { data };
      const parsed = parseConfig(data ?? {}, revision, foreign());
      metrics.observeConfig(parsed.ok, new Date());
      if (!parsed.ok) {
        const stays = config === undefined ? 'none' : 'the version before';
        log.error({ problems: listProblems(parsed.problems), inForce: stays }, 'configuration refused');
        return parsed.problems;
      }
      config = parsed.config;
      log.info({ keys: config.layer.values.map(({ key }) => key) }, 'configuration taken');
      const ineffective = [
        ...parsed.ignored,
        ...findIneffective(parsed.settings, families, [], [config.layer]),
      ];
      if (ineffective.length > 0) {
        log.warn({ problems: listProblems(ineffective) }, 'configuration without effect in part');
      }
      return [];
    },
  };
  return keeper;
}
