import type { Injector } from '../admission/inject-review.ts';
import { type JsonObject, objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import { noConfig, parseConfig } from '../decision/config.ts';
import { foreignKeysOf } from '../decision/published.ts';
import { describeRevisions, nameIn, type Revision } from '../decision/revision.ts';
import { type PartStatus, statusOfInjector } from './injector-status.ts';
import { findUnknownRevision, problemsOfNamespace } from './namespace-problems.ts';
import {
  isEnding,
  type PodState,
  type PodStatus,
  statusOfPod,
  type Today,
  wellStates,
} from './pod-status.ts';
import { installedAs, type OfRevision, revisionsOf, type Snapshot } from './snapshot.ts';

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
  const revisions = revisionsOf(snapshot.installed);
  const foreign = foreignKeysOf(snapshot.published ?? []);
  const read = new Map(revisions.map((one) => [one, readToday(snapshot, input, one)]));
  const todayOf = (asked: Revision): Today => {
    const insteadOf = describeRevisions(revisions);
    return read.get(asked)?.today ?? { ...anyToday(input, asked), insteadOf };
  };
  const live = snapshot.pods.filter((pod) => !isEnding(pod));
  const pods = live.flatMap((json) => {
    const namespace = snapshot.namespaces.get(String(valueAt(json, ['metadata', 'namespace'])));
    // Made since the namespaces were read.
    const status = namespace && statusOfPod(json, namespace, todayOf);
    return status === undefined ? [] : [status];
  });
  const injector = revisions.flatMap((revision) => {
    const { certificate } = ofRevision(snapshot, revision);
    const { installed } = snapshot;
    const own =
      installed.kind === 'read' ? { ...installed, value: installedAs(installed.value, revision) } : installed;
    const at = { namespace: input.outriderNamespace, secret: nameIn(revision, input.secret), now: input.now };
    return statusOfInjector({ installed: own, certificate }, at);
  });
  const isRead = snapshot.installed.kind === 'read' && snapshot.installed.value.deployments.length > 0;
  const ofNamespaces = [...snapshot.namespaces].flatMap(([name, one]) => [
    ...problemsOfNamespace(name, one, foreign),
    ...(isRead ? findUnknownRevision(name, one, revisions) : []),
  ]);
  const notes = [...read.values()].flatMap((one) => one.notes);
  const problems = [...[...read.values()].flatMap((one) => one.problems), ...ofNamespaces];
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

const ofRevision = (snapshot: Snapshot, revision: Revision): OfRevision =>
  (revision === undefined ? undefined : snapshot.revisions?.get(revision)) ?? snapshot;

/** For pods of a revision of which nothing is known. */
const anyToday = ({ version, outriderNamespace }: StatusInput, revision: Revision): Today => ({
  injector: {
    ...{ version, revision, initImage: `outrider:${version}`, ownNamespace: outriderNamespace },
    // Each pod tells what its own are; they are the cluster's.
    ...{ families: ['ipv4'], config: noConfig },
  },
  imageKnown: false,
  compared: 'image',
});

function readToday(
  snapshot: Snapshot,
  input: StatusInput,
  revision: Revision,
): { readonly today: Today; readonly notes: readonly string[]; readonly problems: readonly string[] } {
  const { version } = input;
  const { installed, published = [] } = snapshot;
  const { config } = ofRevision(snapshot, revision);
  const deployments = installed.kind === 'read' ? installedAs(installed.value, revision).deployments : [];
  const foreign = foreignKeysOf(published);
  const image = initImageOf(deployments);
  const as = revision === undefined ? '' : ` as revision ${revision}`;
  const theirs = /:v?(\d+\.\d+\.\d+[^@]*)/.exec(image ?? '')?.[1];
  const parsed = config.kind === 'read' ? parseConfig(config.value, revision, foreign) : undefined;
  const notes = [
    ...(theirs === undefined || theirs === version
      ? []
      : [
          `this is outrider ${version}, and the cluster runs ${image}${as}: pods are compared by their image alone; outrider ${theirs} compares them with all that would be injected`,
        ]),
    ...(config.kind === 'forbidden'
      ? [
          `the settings of the whole cluster are not known, and pods compared by their image alone: ${config.message}`,
        ]
      : []),
    ...(installed.kind === 'forbidden'
      ? [`how Outrider itself is, and what image it injects, is not known: ${installed.message}`]
      : []),
    ...(image === undefined && deployments.length > 0
      ? ['the Deployment does not tell with what image pods are injected: pods are not compared by it']
      : []),
  ];
  const any = anyToday(input, revision).injector;
  const injector: Injector = {
    ...any,
    initImage: image ?? any.initImage,
    config: parsed?.ok ? parsed.config : any.config,
    foreign,
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
