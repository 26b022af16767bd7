import { workersFor } from '../../proxy/workers.ts';
import type { Family } from '../../settings/cidr.ts';
import { describeError, type Layer, parseSettings } from '../../settings/parse.ts';
import type { IpFamilies, Settings } from '../../settings/settings.ts';
import { readAnnotations } from '../decision/annotations.ts';
import type { Config } from '../decision/config.ts';
import { type Decision, decide } from '../decision/decide.ts';
import { anythingEnforcedBy, findOverruled, injectEnforcedBy } from '../decision/enforcement.ts';
import { findIneffective } from '../decision/ineffective.ts';
import { warnOfPodSecurity } from '../decision/pod-security.ts';
import type { ForeignKeys } from '../decision/published.ts';
import type { Revision } from '../decision/revision.ts';
import type { Subject } from '../decision/rules.ts';
import { findUnconfined, warnOfUnknownUsers } from '../injection/confinement.ts';
import { planDrain } from '../injection/drain.ts';
import { parseGivenIds } from '../injection/given-ids.ts';
import { findHeldLimits } from '../injection/held-limits.ts';
import { planHttpPorts } from '../injection/http-ports.ts';
import { injectPod } from '../injection/inject.ts';
import { findOversizeAnnotations } from '../injection/oversize.ts';
import { renderParts } from '../injection/parts.ts';
import { type AskedUid, chooseProxyUid } from '../injection/proxy-uid.ts';
import { findReservedUses } from '../injection/reserved.ts';
import { planProbes } from '../injection/tcp-probes.ts';
import { planTracing } from '../injection/tracing.ts';
import { type Pod, parsePod } from './pod.ts';
import { listProblems } from './problems.ts';
import { type Answer, allowed, denied, errored, patched } from './response.ts';
import type { AdmissionRequest } from './review.ts';

/** What is the same for every pod, whatever its namespace. */
export interface Injector {
  readonly version: string;
  /** What it was installed as. */
  readonly revision?: Revision;
  readonly initImage: string;
  readonly ownNamespace: string;
  /** The families of the cluster's pods. */
  readonly families: readonly Family[];
  readonly config: Config;
  /** What only injectors of other versions know. */
  readonly foreign?: ForeignKeys;
}

/** What the pod's namespace says: its labels are proven by the selector that sent the request here. */
export interface Namespace {
  readonly label: string | undefined;
  /** Of which injector its pods are that say nothing. */
  readonly revision?: Revision;
  readonly annotations: Readonly<Record<string, string>>;
  /** Absent where nobody has looked them up. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** An answer, and in a word why, for the metrics. */
export interface Verdict {
  readonly answer: Answer;
  readonly decision: Decision['kind'] | 'error';
  readonly reason: string;
  /** What a person should know beside the answer, a sentence each. */
  readonly warnings?: readonly string[];
  /** Of a denial: what is wrong, a sentence each; the answer has it as one text. */
  readonly problems?: readonly string[];
}

/** Answers a request to admit a pod. Pure: the same request, namespace and injector give the same answer. */
export function reviewPod(request: AdmissionRequest, namespace: Namespace, injector: Injector): Verdict {
  const created = readCreatedPod(request);
  if (!created.ok) return created.verdict;
  const { pod } = created;
  const ofNamespace = readAnnotations('namespace annotation', namespace.annotations, injector.foreign);
  const decision = decide(subjectOf(pod, { ...namespace, name: request.namespace, ofNamespace }, injector));
  switch (decision.kind) {
    case 'skip':
      return { answer: allowed(), decision: 'skip', reason: decision.reason };
    case 'deny':
      return deny(decision.reason, [decision.message]);
    case 'inject':
      return inject({
        ...{ pod, name: request.namespace, namespace, ofNamespace, injector },
        reason: decision.reason,
      });
  }
}

/** The pod that a request creates, or the answer to a request that is no such. */
export function readCreatedPod(
  request: AdmissionRequest,
): { readonly ok: true; readonly pod: Pod } | { readonly ok: false; readonly verdict: Verdict } {
  const error = (problem: string, reason: string) => ({
    ok: false as const,
    verdict: { answer: errored(400, problem), decision: 'error' as const, reason },
  });
  const { group, kind } = request.kind;
  if (group !== '' || kind !== 'Pod' || request.operation !== 'CREATE') {
    const problem = `expected the CREATE of a Pod, not the ${request.operation} of a ${kind}`;
    return error(problem, 'not-a-pod-create');
  }
  const parsed = parsePod(request.object);
  return parsed.ok ? parsed : error(listProblems(parsed.problems), 'malformed-pod');
}

export const deny = (reason: string, problems: readonly string[]): Verdict => ({
  answer: denied(`outrider: ${listProblems(problems)}`),
  decision: 'deny',
  reason,
  problems,
});

type Annotations = ReturnType<typeof readAnnotations>;

interface Injection {
  readonly pod: Pod;
  /** Of the namespace. */
  readonly name: string;
  readonly namespace: Namespace;
  /** Its settings. */
  readonly ofNamespace: Annotations;
  readonly injector: Injector;
  readonly reason: string;
}

/** What the decision about a pod depends on; `ofNamespace` are the namespace's annotations. */
export function subjectOf(
  pod: Pod,
  namespace: Pick<Namespace, 'label' | 'revision'> & {
    readonly name: string;
    readonly ofNamespace: Annotations;
  },
  { config, ownNamespace, revision }: Injector,
): Subject {
  return {
    namespace: namespace.name,
    namespaceLabel: namespace.label,
    namespaceRevision: namespace.revision,
    pod,
    ownNamespace,
    ownRevision: revision,
    injectEnforcedBy: injectEnforcedBy([config, namespace.ofNamespace]),
  };
}

function inject({ pod, name, namespace, ofNamespace, injector, reason }: Injection): Verdict {
  const tooLong = findOversizeAnnotations(pod.annotations);
  if (tooLong.length > 0) return deny('oversize', tooLong);

  const sources = [ofNamespace, readAnnotations('pod annotation', pod.annotations, injector.foreign)];
  const layered = [injector.config, ...sources];
  const layers = layered.map(({ layer }) => layer);
  const result = parseSettings(layers, ['annotation']);
  const invalid = [...sources.flatMap(({ errors }) => errors), ...(result.ok ? [] : result.errors)];
  const errors = [...invalid, ...findOverruled(layered)];
  const enforcer = anythingEnforcedBy([injector.config, ofNamespace]);
  if (!result.ok || errors.length > 0) {
    const why = invalid.length > 0 ? 'invalid-settings' : 'enforced';
    const held = result.ok ? result.settings : result.held;
    const others = [...findReservedUses(pod, held, enforcer), ...planProbes(pod, held).problems];
    return deny(why, [...errors.map(describeError), ...others]);
  }

  const { settings } = result;
  const given = parseGivenIds(namespace.annotations);
  if (!given.ok) return deny('invalid-namespace', given.problems);
  const chosen = chooseProxyUid(pod, askedUid(layers, settings), given.ids);
  const probes = planProbes(pod, settings);
  const http = planHttpPorts(pod, settings);
  const reserved = [
    ...findReservedUses(pod, settings, enforcer),
    ...probes.problems,
    ...(chosen.ok ? [] : [chosen.problem]),
    ...(http.ok ? [] : [http.problem]),
  ];
  if (!chosen.ok || !http.ok || reserved.length > 0) return deny('reserved', reserved);
  const unconfined = findUnconfined(pod, settings);
  if (unconfined.length > 0) return deny('unconfined', unconfined);

  const { families } = injector;
  const heard = enforcer === undefined ? 'everybody' : 'plugins';
  const limits = findHeldLimits(pod, settings, heard);
  const parts = renderParts({
    settings: { ...settings, ipFamilies: joinFamilies(families) },
    families,
    proxyUid: chosen.uid,
    probes: probes.answered,
    httpPorts: http.httpPorts,
    tracing: planTracing(pod, settings),
    podLimits: pod.limits,
    memoryLimit: limits.memory,
    concurrency: settings.proxyConcurrency ?? workersFor(limits.cpu),
    drainSeconds: planDrain(pod, settings),
    initImage: injector.initImage,
    version: injector.version,
    revision: injector.revision,
  });
  if (parts.oversize.length > 0) return deny('oversize', parts.oversize);

  const final = { ...settings, proxyUids: [chosen.uid] };
  const own = sources.map(({ layer }) => layer);
  const warnings = [
    ...sources.flatMap(({ ignored }) => ignored),
    ...findIneffective(final, families, [injector.config.layer], own),
    ...warnOfUnknownUsers(pod, final, chosen.uid),
    ...warnOfPodSecurity(name, namespace.labels ?? {}, settings.redirectMode),
  ];
  const injected = injectPod(pod, parts, heard);
  // What many pods share, as it is.
  const operations = probes.operations.length === 0 ? injected : [...probes.operations, ...injected];
  const verdict: Verdict = { answer: patched(operations), decision: 'inject', reason };
  return warnings.length === 0 ? verdict : { ...verdict, warnings };
}

function askedUid(layers: readonly Layer[], { proxyUids: [uid] }: Settings): AskedUid | undefined {
  const at = layers
    .flatMap(({ source, values }) => values.map((value) => ({ source, ...value })))
    .findLast(({ key }) => key === 'proxy-uid');
  return at === undefined || uid === undefined ? undefined : { uid, at };
}

function joinFamilies(families: readonly Family[]): Exclude<IpFamilies, 'auto'> {
  return families.length > 1 ? 'dual' : (families[0] ?? 'ipv4');
}
