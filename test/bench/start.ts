import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, openApi } from '../cluster/api.ts';
import { type Cluster, raiseCluster } from '../cluster/cluster.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { installOutrider } from '../cluster/outrider.ts';
import { podManifest } from '../cluster/pods.ts';
import { until } from '../cluster/polling.ts';
import { follow } from './follow.ts';
import { type Kind, kinds, renderStarts } from './start-document.ts';
import {
  type EventObject,
  momentOfEvent,
  momentsOfPod,
  type PodObject,
  type Start,
} from './start-moments.ts';
import { inIstioOrder } from './start-order.ts';

/**
 * `make bench-start`: how long a pod takes from its create to Ready, without a sidecar, with ours, and with the same in
 * the order that Istio has, on a real node. Writes docs/bench-start.md; `ROUNDS=2` is for a look.
 */

const rounds = Number(process.env.ROUNDS ?? 20);
const document = join(import.meta.dirname, '../../docs/bench-start.md');
const namespaces = { bare: 'bench-start-bare', meshed: 'bench-start-meshed' } as const;
/** The kubelet looks at its containers once a second (genericPlegRelistPeriod in k8s.io/kubernetes/pkg/kubelet). */
const look = 1000;
const patience = 60_000;

const script = 'trap exit TERM; while sleep 0.2; do :; done';
const application = { script, spec: { terminationGracePeriodSeconds: 2 } };

/** What is there of a pod of ours, by what the API server tells. */
interface Seen {
  readonly kind: Kind;
  readonly asked: number;
  readonly start: Start;
  gone: boolean;
}

const seen = new Map<string, Seen>();

function note(name: string, moment: keyof Start, at: number): void {
  const pod = seen.get(name);
  // What is told again was told first when it happened.
  if (pod && !(moment in pod.start)) pod.start[moment] = at - pod.asked;
}

async function watchAll(api: Api, signal: AbortSignal): Promise<void> {
  const watches = Object.values(namespaces).flatMap((namespace) => [
    follow<PodObject>(api, `/api/v1/namespaces/${namespace}/pods`, signal, (type, pod) => {
      const known = seen.get(pod.metadata.name);
      if (known === undefined) return;
      if (type === 'DELETED') known.gone = true;
      for (const moment of momentsOfPod(pod, known.kind === 'istio'))
        note(pod.metadata.name, moment, Date.now());
    }),
    follow<EventObject>(api, `/api/v1/namespaces/${namespace}/events`, signal, (_, event) => {
      const moment = momentOfEvent(event);
      if (moment !== undefined) note(event.involvedObject.name, moment, Date.now());
    }),
  ]);
  await Promise.all(watches);
}

/** Creates a pod, waits until it is Ready, deletes it, and waits until it is gone. */
async function startPod(api: Api, kind: Kind, name: string, manifest: object): Promise<Start> {
  const path = `/api/v1/namespaces/${namespaceOf(kind)}/pods`;
  const pod: Seen = { kind, asked: Date.now(), start: {}, gone: false };
  seen.set(name, pod);
  const { status, text } = await api.request('POST', path, manifest);
  note(name, 'the API server has answered: admission is over', Date.now());
  if (status !== 201) throw new Error(`${name}: ${text}`);
  const isComplete = (): boolean => kinds[kind].moments.every((moment) => moment in pod.start);
  const isReady = (): boolean => 'the pod is Ready' in pod.start;
  await until(isReady, AbortSignal.timeout(patience));
  if (kind !== 'bare') note(name, 'outrider-init has written the rules', await endOfInit(api, path, name));
  // Events come on a way of their own.
  await until(isComplete, AbortSignal.timeout(patience));
  await api.request('DELETE', `${path}/${name}`);
  await until(() => pod.gone, AbortSignal.timeout(patience));
  return pod.start;
}

/** The last line that it printed: its report, after which it ends. The node's clock is ours. */
async function endOfInit(api: Api, path: string, name: string): Promise<number> {
  const { text } = await api.request('GET', `${path}/${name}/log?container=outrider-init&timestamps=true`);
  return Date.parse(text.trimEnd().split('\n').at(-1)?.split(' ')[0] ?? '');
}

const namespaceOf = (kind: Kind): string => (kind === 'ours' ? namespaces.meshed : namespaces.bare);

async function createNamespaces(cluster: Cluster): Promise<void> {
  for (const namespace of Object.values(namespaces)) {
    await kubectl(cluster, ['delete', 'namespace', namespace, '--ignore-not-found']);
    await kubectl(cluster, ['create', 'namespace', namespace]);
    await kubectl(cluster, [
      'wait',
      'serviceaccount/default',
      '--for=create',
      '--timeout=30s',
      '-n',
      namespace,
    ]);
  }
  await kubectl(cluster, ['label', 'namespace', namespaces.meshed, 'outrider.io/injection=enabled']);
}

/** Our own injected pod, in the other order. */
async function istioSpec(api: Api): Promise<object> {
  const path = `/api/v1/namespaces/${namespaces.meshed}/pods?dryRun=All`;
  const { text } = await api.request('POST', path, podManifest({ name: 'template', ...application }));
  const { spec, message } = JSON.parse(text);
  if (spec === undefined) throw new Error(message);
  return inIstioOrder(spec);
}

async function measure(api: Api): Promise<Record<Kind, Start[]>> {
  const spec = await istioSpec(api);
  const manifests: Record<Kind, (name: string) => object> = {
    bare: (name) => podManifest({ name, ...application }),
    ours: (name) => podManifest({ name, ...application }),
    istio: (name) => podManifest({ name, script, spec: { ...spec } }),
  };
  const starts: Record<Kind, Start[]> = { bare: [], ours: [], istio: [] };
  const order = Object.keys(kinds) as Kind[];
  let looked = 0;
  // The round before the first is not counted: caches are filled in it, and it tells when the kubelet looks.
  for (let round = -1; round < rounds; round += 1) {
    for (const kind of order) {
      // A pod that comes just before a look is ready sooner than one that comes after it. So each kind comes once at
      // each of as many moments between two looks. That a pod is Ready, is seen in a look.
      const due = looked + (look * (round + 1)) / rounds;
      await sleep(look - ((Date.now() - due) % look));
      const name = `${kind}-${round + 1}`;
      const asked = Date.now();
      const start = await startPod(api, kind, name, manifests[kind](name));
      looked = asked + (start['the pod is Ready'] ?? 0);
      if (round >= 0) starts[kind].push(start);
    }
    if (round >= 0) console.log(`round ${round + 1} of ${rounds}`);
  }
  return starts;
}

const cluster = await raiseCluster();
try {
  await installOutrider(cluster);
  await createNamespaces(cluster);
  const api = await openApi(cluster);
  const watching = new AbortController();
  try {
    const failed = watchAll(api, watching.signal).then(() => new Promise<never>(() => {}));
    const text = renderStarts(await Promise.race([measure(api), failed]));
    await writeFile(document, text);
    console.log(text);
  } finally {
    watching.abort();
    await api.stop();
  }
  for (const namespace of Object.values(namespaces))
    await kubectl(cluster, ['delete', 'namespace', namespace, '--wait=false']);
} finally {
  if (cluster.raisedHere && process.env.KEEP_CLUSTER !== '1') await cluster.stop();
}
