import type { Logger } from 'pino';
import type { WarningEvent } from '../admission/denial.ts';
import type { Injector } from '../admission/inject-review.ts';
import { objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Ledger } from '../audit/ledger.ts';
import { createTelling } from '../audit/telling.ts';
import type { Api } from './api.ts';
import { namespaceIn } from './namespace-in.ts';
import { createRestarter, type RestartInput } from './restart.ts';
import { repeatRounds } from './rounds.ts';
import { nameOf, type SyncObserver, watchObjects } from './watch-objects.ts';

export interface AuditInput {
  readonly api: Api;
  readonly observer: SyncObserver;
  readonly ledger: Ledger;
  readonly injector: () => Injector;
  post(event: WarningEvent): Promise<void>;
  observeEvent(result: 'posted' | 'failed'): void;
  /** Absent where nothing is to be restarted. */
  readonly restart?: Pick<
    RestartInput,
    'namespace' | 'revision' | 'identity' | 'interval' | 'observeRestart'
  >;
  readonly log: Logger;
}

/** How often it is looked whether there is something to do. */
const roundMilliseconds = 2_000;
/** Pods at a time that are judged anew. */
const pageSize = 100;

const uidOf = (object: unknown): string => String(valueAt(object, ['metadata', 'uid']));

/** Watches pods and namespaces, and tells what is wrong with them; settles once all have been seen. */
export async function startAudit(input: AuditInput): Promise<void> {
  const { api, ledger, log, observer } = input;
  const now = (): number => performance.now();
  /** Namespaces whose pods are to be judged anew. */
  const stale = new Set<string>();
  /** Pods that have changed while others are read anew: what was read of them may be older. */
  const changed = new Set<string>();
  let lists = 0;

  await watchObjects({
    ...{ api, log, observer, cache: 'audited-namespaces', path: '/api/v1/namespaces', keyOf: nameOf },
    watcher: {
      seen(object) {
        const name = nameOf(object);
        // Nothing can be told there any more.
        if (valueAt(object, ['metadata', 'deletionTimestamp']) !== undefined) ledger.loseNamespace(name);
        else if (ledger.seeNamespace(name, namespaceIn(object), now())) stale.add(name);
      },
      gone: (object) => ledger.loseNamespace(nameOf(object)),
      complete: (names) => ledger.keepNamespaces(names),
    },
  });
  stale.clear();
  let judgedBy = input.injector().config;
  await watchObjects({
    ...{ api, log, observer, cache: 'audited-pods', path: '/api/v1/pods', keyOf: uidOf },
    watcher: {
      seen(pod) {
        changed.add(uidOf(pod));
        ledger.seePod(pod, now());
      },
      gone(pod) {
        changed.add(uidOf(pod));
        ledger.losePod(uidOf(pod));
      },
      complete(uids) {
        lists += 1;
        ledger.keepPods(uids);
      },
    },
  });
  log.info({ pods: ledger.counts() }, 'audit has seen all pods');

  const judgeAnew = async (path: string): Promise<void> => {
    const before = lists;
    changed.clear();
    for await (const page of api.pages(path, pageSize)) {
      // The watch has read all of them meanwhile, and later than this list: what is gone since would come back.
      if (lists !== before) return await judgeAnew(path);
      const pods = objectsOf(page.items).filter((pod) => !changed.has(uidOf(pod)));
      for (const pod of pods) ledger.seePod(pod, now());
    }
  };
  const telling = createTelling();
  const restart = input.restart && createRestarter({ ...input, ...input.restart, api });
  const round = async (): Promise<void> => {
    const { config } = input.injector();
    if (config !== judgedBy) {
      stale.clear();
      await judgeAnew('/api/v1/pods');
      judgedBy = config;
    }
    for (const name of stale) {
      stale.delete(name);
      await judgeAnew(`/api/v1/namespaces/${name}/pods`).catch((error) => {
        stale.add(name);
        throw error;
      });
    }
    changed.clear();
    for (const event of telling.due(ledger.events(), now())) {
      await tell(event, input).catch(() => telling.forget(event));
    }
    await restart?.(now());
  };
  void repeatRounds(round, { pause: roundMilliseconds, log });
}

async function tell({ about, reason, message, ...event }: WarningEvent, input: AuditInput): Promise<void> {
  const { namespace, name, kind } = about;
  input.log.warn({ namespace, name, kind, reason, problem: message }, 'audit has found something');
  try {
    await input.post({ ...event, about, reason, message });
    input.observeEvent('posted');
  } catch (error) {
    input.observeEvent('failed');
    input.log.warn({ err: error, namespace }, 'event not posted');
    throw error;
  }
}
