import { type JsonObject, objectOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Allowed } from '../cluster/unless-forbidden.ts';
import { configMapName } from '../decision/config.ts';
import { enforcedKey, readEnforced } from '../decision/enforcement.ts';
import { namespaceLabel, revisionLabel } from '../decision/names.ts';
import { warnOfPodSecurity } from '../decision/pod-security.ts';
import { noForeignKeys } from '../decision/published.ts';
import { firstMinor, minorOf } from './choose-manifests.ts';
import { type Manifest, titleOf } from './manifest.ts';
import { findMeshes } from './other-injectors.ts';
import { isHeldByKubectl } from './ownership.ts';

/** What of a cluster tells whether Outrider can be installed. */
export interface Surroundings {
  /** As the API server tells it. */
  readonly version: JsonObject | undefined;
  readonly nodes: Allowed<readonly JsonObject[]>;
  readonly namespaces: Allowed<readonly JsonObject[]>;
  readonly mutatingConfigurations: Allowed<readonly JsonObject[]>;
  /** Of what is to be installed: the objects that are there already. */
  readonly present: readonly JsonObject[];
  /** Of what is to be installed: what the user may not do. */
  readonly denied: readonly { readonly verb: string; readonly manifest: Manifest }[];
  /** Of a revision: its ConfigMap, and that of the injector without one; `undefined` where there is none. */
  readonly configs?: {
    readonly revision: string;
    readonly own: JsonObject | undefined;
    readonly first: JsonObject | undefined;
  };
}

/** `error`: nothing is installed. `warning`: it works, and not for everything. */
export interface Finding {
  readonly level: 'error' | 'warning';
  /** What, and where: a sentence. */
  readonly problem: string;
  readonly remedy: string;
}

const error = (problem: string, remedy: string): Finding => ({ level: 'error', problem, remedy });
const warning = (problem: string, remedy: string): Finding => ({ level: 'warning', problem, remedy });

const sidecars = 'whose native sidecars carry the proxy';

export interface PreflightOptions {
  /** What `kubectl apply` has installed is to be taken over. */
  readonly takeOwnership: boolean;
}

/** All that stands in the way, or will. Pure. */
export const preflight = (around: Surroundings, { takeOwnership }: PreflightOptions): readonly Finding[] => [
  ...checkServer(around),
  ...checkNodes(around),
  ...checkPermissions(around),
  ...checkPresent(around),
  ...(takeOwnership ? [] : findHeldByKubectl(around)),
  ...checkNamespaces(around),
  ...checkEnforcement(around),
  ...findMeshes(around).map(({ problem, remedy }) => warning(problem, remedy)),
];

function checkServer({ version }: Surroundings): Finding[] {
  const minor = minorOf(version);
  if (minor >= firstMinor) return [];
  const problem = `the API server is Kubernetes ${version?.gitVersion ?? 'of a version that it does not tell'}`;
  return [error(problem, `upgrade it to 1.${firstMinor} or later, ${sidecars}`)];
}

/** Which pod comes to which node, nobody knows beforehand. */
function checkNodes({ nodes }: Surroundings): Finding[] {
  if (nodes.kind === 'forbidden') {
    const remedy = `see that the kubelets are of 1.${firstMinor} or later: ${nodes.message}`;
    return [warning('the versions of the nodes are not known', remedy)];
  }
  const old = nodes.value.filter((node) => !(kubeletMinor(node) >= firstMinor));
  if (old.length === 0) return [];
  const names = old.map(
    (node) => `${nameOf(node)} (${valueAt(node, ['status', 'nodeInfo', 'kubeletVersion'])})`,
  );
  return [error(`kubelets are too old on ${names.join(', ')}`, `upgrade to 1.${firstMinor}, ${sidecars}`)];
}

function kubeletMinor(node: JsonObject): number {
  const version = String(valueAt(node, ['status', 'nodeInfo', 'kubeletVersion']));
  return Number(/^v1\.(\d+)/.exec(version)?.[1]);
}

const nameOf = (object: JsonObject): string => String(valueAt(object, ['metadata', 'name']));

const checkPermissions = ({ denied }: Surroundings): Finding[] =>
  denied.length === 0
    ? []
    : [
        error(
          `you may not ${denied.map(({ verb, manifest }) => `${verb} ${titleOf(manifest)}`).join(', ')}`,
          'ask for it, or take the context of an administrator with --context',
        ),
      ];

/** Who has installed what is there, and whether it stays. */
function checkPresent({ present }: Surroundings): Finding[] {
  const going = present.find((object) => valueAt(object, ['metadata', 'deletionTimestamp']) !== undefined);
  return [
    ...findHelmRelease(present),
    ...(going === undefined
      ? []
      : [error(`${going.kind}/${nameOf(going)} is being deleted`, 'wait until it is gone, and try again')]),
  ];
}

/**
 * What kubectl has set would stay where a new version no longer has it, for kubectl holds it as well. The namespace is
 * of all revisions, whoever has made it.
 */
function findHeldByKubectl({ present }: Surroundings): readonly Finding[] {
  const held = present.filter((object) => object.kind !== 'Namespace' && isHeldByKubectl(object));
  const [first] = held;
  if (first === undefined) return [];
  const more = held.length === 1 ? '' : ` and ${held.length - 1} more`;
  return [
    error(
      `${first.kind}/${nameOf(first)}${more} belong${held.length === 1 ? 's' : ''} to kubectl apply`,
      'use kubectl apply -k for the new version, too, or hand over to outrider with --take-ownership',
    ),
  ];
}

/** Helm would not know of what others do to its objects. */
export function findHelmRelease(present: readonly JsonObject[]): readonly Finding[] {
  const ofHelm = present.find(
    (object) => valueAt(object, ['metadata', 'labels', 'app.kubernetes.io/managed-by']) === 'Helm',
  );
  return ofHelm === undefined ? [] : [belongsToHelm(ofHelm)];
}

function belongsToHelm(object: JsonObject): Finding {
  const annotations = objectOf(valueAt(object, ['metadata', 'annotations']));
  const release = String(annotations['meta.helm.sh/release-name'] ?? 'outrider');
  const namespace = annotations['meta.helm.sh/release-namespace'];
  const at = namespace === undefined ? '' : ` -n ${namespace}`;
  return error(
    `${object.kind}/${nameOf(object)} belongs to the Helm release ${release}`,
    `use Helm for it: helm upgrade or helm uninstall ${release}${at}`,
  );
}

/** Pod Security refuses the init container of pods in some namespaces that are to be injected. */
const checkNamespaces = ({ namespaces }: Surroundings): Finding[] =>
  namespaces.kind === 'forbidden'
    ? []
    : namespaces.value.flatMap((namespace) => {
        const labels = objectOf(valueAt(namespace, ['metadata', 'labels'])) as Record<string, string>;
        if (labels[namespaceLabel] !== 'enabled') return [];
        return warnOfPodSecurity(nameOf(namespace), labels, 'redirect').map((sentence) => {
          const remedy = sentence.lastIndexOf(': ');
          return warning(sentence.slice(0, remedy), sentence.slice(remedy + 2));
        });
      });

/** Pods choose their injector by a label: what one enforces, all have to. */
function checkEnforcement({ configs }: Surroundings): Finding[] {
  if (configs === undefined) return [];
  const enforcedIn = (map: JsonObject | undefined): readonly string[] =>
    readEnforced('', '', String(valueAt(map, ['data', enforcedKey]) ?? ''), noForeignKeys).keys;
  const own = enforcedIn(configs.own);
  const lacking = enforcedIn(configs.first).filter((key) => !own.includes(key));
  if (lacking.length === 0) return [];
  const name = configMapName(configs.revision);
  const problem = `ConfigMap ${configMapName()} enforces ${lacking.join(', ')}, and ${name} does not: a pod gets past that by the label ${revisionLabel}=${configs.revision}`;
  return [warning(problem, `write the same into ${name}`)];
}

export const isFatal = (findings: readonly Finding[]): boolean =>
  findings.some(({ level }) => level === 'error');

/** A line for each. */
export const renderFindings = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ level, problem, remedy }) => `${level}: ${problem}: ${remedy}`);
