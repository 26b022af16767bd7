import { expect } from 'chai';
import { parsePod } from '../../webhook/admission/pod.ts';
import { decide } from '../../webhook/decision/decide.ts';
import type { AnyPod } from '../webhook/pods.ts';
import { useApi } from './api.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { useOutrider } from './use-outrider.ts';
import { type Reviews, readReviews, reviewsBetween } from './webhook-metrics.ts';

const namespaceLabels = {
  enabled: 'enabled',
  disabled: 'disabled',
  other: 'maybe',
  absent: undefined,
} as const;
const podLabels = { true: 'true', false: 'false', other: 'yes', absent: undefined } as const;
type NamespaceLabel = keyof typeof namespaceLabels;
type PodLabel = keyof typeof podLabels;

/** The reviews that the webhook answers for a Linux pod in the network of pods: one, or none where it is not called. */
const table: Readonly<Record<NamespaceLabel, Readonly<Record<PodLabel, string | undefined>>>> = {
  enabled: {
    true: 'inject pod-label-true',
    false: undefined,
    other: 'deny pod-label-invalid',
    absent: 'inject namespace-enabled',
  },
  disabled: { true: undefined, false: undefined, other: undefined, absent: undefined },
  other: { true: 'inject pod-label-true', false: undefined, other: undefined, absent: undefined },
  absent: { true: 'inject pod-label-true', false: undefined, other: undefined, absent: undefined },
};

/** For any one of these the webhook is not called, whatever the labels. */
const exceptions: Readonly<Record<string, (pod: AnyPod) => void>> = {
  hostNetwork: ({ spec }) => {
    spec.hostNetwork = true;
  },
  Windows: ({ spec }) => {
    spec.os = { name: 'windows' };
  },
  'a node selector for Windows': ({ spec }) => {
    spec.nodeSelector = { 'kubernetes.io/os': 'windows' };
  },
  'mirror pod': ({ metadata, spec }) => {
    metadata.annotations = { 'kubernetes.io/config.mirror': 'a1b2' };
    spec.nodeName = 'some-node';
  },
};

const systemNamespaces = ['kube-system', 'kube-public', 'kube-node-lease', 'outrider-system'];

/** Every choice of some of the items, the empty one first. */
function subsets<T>([first, ...rest]: readonly T[]): T[][] {
  if (first === undefined) return [[]];
  const without = subsets(rest);
  return [...without, ...without.map((set) => [first, ...set])];
}

/** A pod that every level of PodSecurity takes. */
const podWith = (label: PodLabel, names: readonly string[] = []): AnyPod => {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const restrictions = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
  const pod: AnyPod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'cell', labels: podLabels[label] && { 'outrider.io/inject': podLabels[label] } },
    spec: {
      containers: [{ name: 'app', image: 'registry.example/app:1', securityContext }],
      securityContext: restrictions,
    },
  };
  for (const name of names) exceptions[name]?.(pod);
  // The API server takes no such fields for Windows.
  if (pod.spec.os) {
    delete pod.spec.securityContext;
    delete pod.spec.containers[0].securityContext;
  }
  return pod;
};

describe('the truth table on a real API server', () => {
  const cluster = useOutrider();
  for (const label of Object.keys(namespaceLabels)) useNamespace(cluster, `truth-${label}`);
  const api = useApi(cluster);
  let seen: Reviews;

  const label = (namespace: string, text: string) =>
    kubectl(cluster(), ['label', '--overwrite', 'namespace', namespace, text]);

  before(async () => {
    for (const [name, value] of Object.entries(namespaceLabels)) {
      if (value !== undefined) await label(`truth-${name}`, `outrider.io/injection=${value}`);
    }
    seen = await readReviews(api);
  });

  /** The reviews that creating the pod leads to, and whether it came out with a proxy. */
  const create = async (namespace: string, pod: AnyPod) => {
    const { status, text } = await api('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, pod);
    const now = await readReviews(api);
    // The webhook is called again, and has nothing to do, after the ServiceAccount plugin has mounted the token.
    const reviews = [...new Set(reviewsBetween(seen, now))];
    seen = now;
    if (status !== 201) expect(text).to.include('denied the request: outrider: ');
    return {
      reviews,
      outcome: status !== 201 ? 'denied' : text.includes('"outrider-proxy"') ? 'injected' : 'left alone',
    };
  };

  const outcomes = { inject: 'injected', deny: 'denied', skip: 'left alone' } as const;

  /** What the table wants, what the API server did, and what the function says without one. */
  const expectCell = async (
    namespace: string,
    namespaceLabel: string | undefined,
    pod: AnyPod,
    wanted: string | undefined,
  ) => {
    const parsed = parsePod(pod);
    if (!parsed.ok) throw new Error(parsed.problems.join('; '));
    const decision = decide({ namespace, namespaceLabel, pod: parsed.pod, ownNamespace: 'outrider-system' });
    const { reviews, outcome } = await create(namespace, pod);
    const cell = JSON.stringify(pod);
    expect(reviews, cell).to.deep.equal(wanted === undefined ? [] : [wanted]);
    expect(outcome, cell).to.equal(outcomes[decision.kind]);
    expect(decision.kind === 'skip' ? undefined : `${decision.kind} ${decision.reason}`, cell).to.equal(
      wanted,
    );
  };

  for (const [name, row] of Object.entries(table)) {
    for (const [podLabel, wanted] of Object.entries(row)) {
      const where = `namespace ${name}, pod ${podLabel}`;
      it(`${where}: ${wanted ?? 'not called'}; not called for any exception`, async () => {
        const namespaceLabel = namespaceLabels[name as NamespaceLabel];
        for (const names of subsets(Object.keys(exceptions))) {
          const pod = podWith(podLabel as PodLabel, names);
          await expectCell(`truth-${name}`, namespaceLabel, pod, names.length === 0 ? wanted : undefined);
        }
      });
    }
  }

  for (const namespace of systemNamespaces) {
    it(`${namespace}: not called, whatever the labels`, async () => {
      for (const value of Object.values(namespaceLabels)) {
        await label(
          namespace,
          value === undefined ? 'outrider.io/injection-' : `outrider.io/injection=${value}`,
        );
        for (const podLabel of Object.keys(podLabels)) {
          await expectCell(namespace, value, podWith(podLabel as PodLabel), undefined);
        }
      }
    });

    after(() => label(namespace, 'outrider.io/injection-'));
  }
});
