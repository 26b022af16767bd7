import type { Injector } from '../admission/inject-review.ts';
import { type JsonObject, objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { noConfig, parseConfig } from '../decision/config.ts';
import { type PartStatus, statusOfInjector } from './injector-status.ts';
import { problemsOfNamespace } from './namespace-problems.ts';
import {
  isEnding,
  type PodState,
  type PodStatus,
  statusOfPod,
  type Today,
  wellStates,
} from './pod-status.ts';
import type { Snapshot } from './snapshot.ts';

/** What `outrider status -o json` prints. */
export interface Status {
  /** Nothing that a person should do anything about. */
  readonly well: boolean;
  readonly injector: readonly PartStatus[];
  /** What keeps from comparing pods with all that would be injected, a sentence each. */
  readonly notes: readonly string[];
  /** Of the ConfigMap and of namespaces, a sentence each. */
  readonly problems: readonly string[];
  readonly pods: readonly PodStatus[];
  readonly summary: Readonly<Record<PodState, number>> & {
    /** Pods that no label concerns, and that have no proxy. */
    readonly unconcerned: number;
  };
}

export interface StatusInput {
  /** Of the command itself. */
  readonly version: string;
  readonly outriderNamespace: string;
  readonly secret: string;
  readonly now: Date;
}

/** The state of all pods and of the injector. Pure: the same snapshot gives the same status. */
export function statusOf(snapshot: Snapshot, input: StatusInput): Status {
  const { today, notes, problems: ofConfig } = readToday(snapshot, input);
  const live = snapshot.pods.filter((pod) => !isEnding(pod));
  const pods = live.flatMap((json) => {
    const namespace = snapshot.namespaces.get(String(valueAt(json, ['metadata', 'namespace'])));
    // Made since the namespaces were read.
    const status = namespace && statusOfPod(json, namespace, today);
    return status === undefined ? [] : [status];
  });
  const injector = statusOfInjector(snapshot, { ...input, namespace: input.outriderNamespace });
  const ofNamespaces = [...snapshot.namespaces].flatMap(([name, one]) => problemsOfNamespace(name, one));
  const problems = [...ofConfig, ...ofNamespaces];
  const count = (state: PodState): number => pods.filter((pod) => pod.state === state).length;
  return {
    well:
      problems.length === 0 &&
      injector.every(({ problem }) => problem === undefined) &&
      pods.every(({ state }) => wellStates.includes(state)),
    injector,
    notes,
    problems,
    pods: pods.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.pod, b.pod)),
    summary: {
      injected: count('injected'),
      outdated: count('outdated'),
      missing: count('missing'),
      refused: count('refused'),
      leftover: count('leftover'),
      skipped: count('skipped'),
      unconcerned: live.length - pods.length,
    },
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function readToday(
  { config, installed }: Snapshot,
  { version, outriderNamespace }: StatusInput,
): { readonly today: Today; readonly notes: readonly string[]; readonly problems: readonly string[] } {
  const image = installed.kind === 'read' ? initImageOf(installed.value.deployments) : undefined;
  const theirs = /:v?(\d+\.\d+\.\d+[^@]*)/.exec(image ?? '')?.[1];
  const parsed = config.kind === 'read' ? parseConfig(config.value) : undefined;
  const notes = [
    ...(theirs === undefined || theirs === version
      ? []
      : [
          `this is outrider ${version}, and the cluster runs ${image}: pods are compared by their image alone; outrider ${theirs} compares them with all that would be injected`,
        ]),
    ...(config.kind === 'forbidden'
      ? [
          `the settings of the whole cluster are not known, and pods compared by their image alone: ${config.message}`,
        ]
      : []),
    ...(installed.kind === 'forbidden'
      ? [`how Outrider itself is, and what image it injects, is not known: ${installed.message}`]
      : []),
    ...(installed.kind === 'read' && image === undefined && installed.value.deployments.length > 0
      ? ['the Deployment does not tell with what image pods are injected: pods are not compared by it']
      : []),
  ];
  const injector: Injector = {
    version,
    initImage: image ?? `outrider:${version}`,
    ownNamespace: outriderNamespace,
    // Each pod tells what its own are; they are the cluster's.
    families: ['ipv4'],
    config: parsed?.ok ? parsed.config : noConfig,
  };
  const comparable = parsed?.ok === true && (theirs === undefined || theirs === version);
  return {
    today: { injector, imageKnown: image !== undefined, compared: comparable ? 'all' : 'image' },
    notes,
    problems: parsed === undefined || parsed.ok ? [] : parsed.problems,
  };
}

/** The webhook is told by its Deployment what image it injects. */
function initImageOf(deployments: readonly JsonObject[]): string | undefined {
  const variables = deployments
    .flatMap((one) => objectsOf(valueAt(one, ['spec', 'template', 'spec', 'containers'])))
    .flatMap(({ env }) => objectsOf(env));
  const value = variables.find(({ name }) => name === 'OUTRIDER_INIT_IMAGE')?.value;
  return typeof value === 'string' ? value : undefined;
}
