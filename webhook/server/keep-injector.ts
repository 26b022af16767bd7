import type { Logger } from 'pino';
import type { Injector } from '../admission/inject-review.ts';
import { foreignKeysOf, noForeignKeys, type Published } from '../decision/published.ts';
import { type ConfigKeeper, keepConfig } from './config-keeper.ts';
import type { ConfigMetrics } from './config-metrics.ts';
import type { ServeInput } from './serve.ts';

/** The injector as it is now, by the configuration that is in force and by what other versions know. */
export interface InjectorKeeper {
  readonly config: ConfigKeeper;
  takePublished(published: readonly Published[]): void;
  /** Fails while no version of the configuration is in force. */
  injector(): Injector;
}

export function keepInjector(
  input: Pick<ServeInput, 'version' | 'revision' | 'namespace' | 'initImage' | 'families'>,
  metrics: ConfigMetrics,
  log: Logger,
): InjectorKeeper {
  const { version, revision, initImage, namespace, families } = input;
  let foreign = noForeignKeys;
  const config = keepConfig(metrics, log, families, { revision, foreign: () => foreign });
  return {
    config,
    takePublished(published) {
      foreign = foreignKeysOf(published);
      config.takeAgain();
    },
    injector() {
      const inForce = config.inForce();
      if (inForce === undefined) throw new Error('no version of the configuration is in force yet');
      return { version, revision, initImage, ownNamespace: namespace, families, config: inForce, foreign };
    },
  };
}
