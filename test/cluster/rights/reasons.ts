import {
  auditsConfig,
  auditsNamespaces,
  auditsPods,
  evicts,
  followsCertificate,
  followsConfig,
  followsNamespaces,
  isKnownToOthers,
  looksNamespaceUp,
  makesSecret,
  repairsConfiguration,
  repairsSecret,
  restarts,
  restartsForTheFirstTime,
  tellsRefusals,
  tellsTrouble,
  type Use,
} from './uses.ts';

/** Why an account has a right, and how it is seen that it lacks it. */
export interface Reason {
  readonly right: string;
  readonly for: string;
  /** A program that lacks it says so when it starts, or when it does what the right is for; or who asks the API server is told. */
  readonly said: 'at the start' | 'at the use' | 'by the API server';
  /** What the program does with it. */
  readonly use: Use;
}

/** The same reason of several verbs. */
const verbs = (
  right: (verb: string) => string,
  said: Reason['said'],
  list: readonly string[],
  reason: string,
  use: Use,
): Reason[] => list.map((verb) => ({ right: right(verb), for: reason, said, use }));

const read = ['get', 'list', 'watch'];
const watched = ['list', 'watch'];

/** An object that outrider-certificates reads, watches for what others do to it, and writes. */
const kept = (object: string, where: string, reason: string, use: Use): Reason[] => {
  const right = (verb: string): string => `outrider-certificates: ${verb} ${object}${where}`;
  return [
    ...verbs(right, 'at the start', read, reason, use),
    ...verbs(right, 'at the use', ['patch'], reason, use),
  ];
};

const inSystem = ' in outrider-system';
const [mutating, validating] = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'];
const group = 'admissionregistration.k8s.io';
const serving = 'outrider-webhook-certificates';

/** Of the account that keeps the certificates. */
export const certificateReasons: readonly Reason[] = [
  ...kept('secrets/outrider-ca', inSystem, 'the CA', repairsSecret('outrider-ca')),
  ...kept(`secrets/${serving}`, inSystem, 'what the webhook serves', repairsSecret(serving)),
  {
    right: `outrider-certificates: create secrets${inSystem}`,
    for: 'both Secrets, where they are not there yet or were deleted',
    said: 'at the use',
    use: makesSecret,
  },
  ...kept(
    `${mutating}.${group}/outrider-webhook`,
    '',
    'caBundle: whom the API server trusts',
    repairsConfiguration(mutating, 'outrider-webhook'),
  ),
  ...kept(
    `${validating}.${group}/outrider-warnings`,
    '',
    'caBundle of the warnings',
    repairsConfiguration(validating, 'outrider-warnings'),
  ),
  ...kept(
    `${validating}.${group}/outrider-backstop`,
    '',
    'caBundle of the backstop, on Kubernetes 1.29',
    repairsConfiguration(validating, 'outrider-backstop'),
  ),
];

/** Of the account that answers reviews. */
export const webhookReasons: readonly Reason[] = [
  ...verbs(
    (verb) => `outrider-webhook: ${verb} namespaces`,
    'at the start',
    watched,
    'settings that a namespace gives its pods',
    followsNamespaces,
  ),
  {
    right: 'outrider-webhook: get namespaces',
    for: 'a namespace that was made a moment ago',
    said: 'at the use',
    use: looksNamespaceUp,
  },
  {
    right: 'outrider-webhook: create events',
    for: 'why a pod was refused, and what is wrong with the ConfigMap',
    said: 'at the use',
    use: tellsRefusals,
  },
  {
    right: 'outrider-webhook: inject pods.outrider.io',
    for: 'the policies of other revisions, which ask whether there is this one',
    said: 'by the API server',
    use: isKnownToOthers,
  },
  ...verbs(
    (verb) => `outrider-webhook: ${verb} secrets/${serving}${inSystem}`,
    'at the start',
    watched,
    'what it serves',
    followsCertificate,
  ),
  ...verbs(
    (verb) => `outrider-webhook: ${verb} configmaps${inSystem}`,
    'at the start',
    watched,
    'settings of the cluster, and which of them other versions know',
    followsConfig,
  ),
];

/** Of the auditor. */
export const auditorReasons: readonly Reason[] = [
  ...verbs(
    (verb) => `outrider-auditor: ${verb} pods`,
    'at the start',
    watched,
    'which pods have no proxy, or an old one',
    auditsPods,
  ),
  ...verbs(
    (verb) => `outrider-auditor: ${verb} namespaces`,
    'at the start',
    watched,
    'labels and settings that are those of pods',
    auditsNamespaces,
  ),
  ...verbs(
    (verb) => `outrider-auditor: ${verb} configmaps${inSystem}`,
    'at the start',
    watched,
    'settings of the cluster, by which pods are judged',
    auditsConfig,
  ),
  {
    right: 'outrider-auditor: create events',
    for: 'to tell',
    said: 'at the use',
    use: tellsTrouble,
  },
];

/** Of the auditor that restarts: by the kind of what it restarts, which takes all of these and some of those above. */
export const restartReasons: readonly {
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly onDelete?: true;
  readonly use: Use;
  readonly reasons: readonly Reason[];
}[] = [
  {
    kind: 'Deployment',
    use: restarts('deployment'),
    reasons: [
      ...restarted('deployments.apps', restarts('deployment')),
      ...verbs(
        (verb) => `outrider-auditor: ${verb} poddisruptionbudgets.policy`,
        'at the use',
        ['list'],
        'what may be away at once',
        restarts('deployment'),
      ),
      ...verbs(
        (verb) => `outrider-auditor: ${verb} leases.coordination.k8s.io/outrider-auditor${inSystem}`,
        'at the use',
        ['get', 'patch'],
        'one restart at a time',
        restarts('deployment'),
      ),
      ...verbs(
        (verb) => `outrider-auditor: ${verb} leases.coordination.k8s.io${inSystem}`,
        'at the use',
        ['create'],
        'the first restart of all',
        restartsForTheFirstTime('deployment'),
      ),
    ],
  },
  {
    kind: 'StatefulSet',
    use: restarts('statefulset'),
    reasons: restarted('statefulsets.apps', restarts('statefulset')),
  },
  {
    kind: 'DaemonSet',
    use: restarts('daemonset'),
    reasons: restarted('daemonsets.apps', restarts('daemonset')),
  },
  {
    kind: 'StatefulSet',
    onDelete: true,
    use: evicts,
    reasons: [
      ...verbs(
        (verb) => `outrider-auditor: ${verb} pods/eviction`,
        'at the use',
        ['create'],
        'workloads whose strategy is OnDelete',
        evicts,
      ),
      ...verbs(
        (verb) => `outrider-auditor: ${verb} pods`,
        'at the use',
        ['get'],
        'whether the pod that was evicted is gone',
        evicts,
      ),
    ],
  },
];

/** What is restarted is read before, and then written. */
function restarted(resource: string, use: Use): Reason[] {
  return verbs(
    (verb) => `outrider-auditor: ${verb} ${resource}`,
    'at the use',
    ['get', 'patch'],
    'to restart them',
    use,
  );
}
