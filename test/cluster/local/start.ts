import { randomBytes } from 'node:crypto';
import type { Families } from '../cluster.ts';
import { ClusterError } from '../cluster-error.ts';
import { busyboxImageName } from '../images/busybox.ts';
import { until } from '../polling.ts';
import { nodeName } from './addresses.ts';
import { apiserver } from './apiserver.ts';
import { createBoundary } from './boundary.ts';
import { containerd } from './containerd.ts';
import { controllerManager } from './controller-manager.ts';
import { createCredentials } from './credentials.ts';
import { etcd } from './etcd.ts';
import { containerdAnswers, importImage } from './image-import.ts';
import { kubeProxy } from './kube-proxy.ts';
import { kubelet } from './kubelet.ts';
import type { Layout } from './layout.ts';
import { writeRecord } from './node-record.ts';
import { podNetwork } from './pod-network.ts';
import type { Programs } from './programs.ts';
import { kubectlSucceeds, servicesWork } from './readiness.ts';
import { scheduler } from './scheduler.ts';
import { createState, writeFiles } from './state-folder.ts';
import { Supervisor } from './supervisor.ts';
import { createWebhookClients } from './webhook-clients.ts';

export interface Plan {
  readonly layout: Layout;
  readonly programs: Programs;
  readonly families: Families;
  /** The archive of the image that every pod needs first. */
  readonly pauseImage: string;
}

/** How long a start may take: about ten times what it takes on two idle cores. */
const patience = 120_000;

/** Starts a node where there is none, and returns once it takes pods and services. */
export async function startNode(plan: Plan): Promise<void> {
  const { layout, families } = plan;
  await createState(layout);
  const surroundings = { now: new Date(), newSerial: () => `01${randomBytes(15).toString('hex')}` };
  await writeFiles({
    ...createCredentials(layout, surroundings),
    ...createWebhookClients(layout, surroundings),
    ...podNetwork(layout, families),
  });
  const namespaces = await createBoundary(layout, families);

  // One signal ends all waiting: a component that died, time that ran out, or success.
  const waiting = new AbortController();
  const supervisor = new Supervisor(layout, namespaces, (error) => waiting.abort(error));
  const late = new ClusterError(
    'timeout',
    `not up after ${patience / 1000} s; the logs are in ${layout.logs}`,
  );
  const timer = setTimeout(() => waiting.abort(late), patience);
  try {
    await Promise.all([
      startRuntime(plan, supervisor, waiting.signal),
      startControlPlane(plan, supervisor, waiting.signal),
    ]);
  } finally {
    clearTimeout(timer);
    waiting.abort();
  }
  await writeRecord(layout.record, { families, namespaces, components: supervisor.running });
}

async function startRuntime(
  { layout, programs, pauseImage }: Plan,
  supervisor: Supervisor,
  signal: AbortSignal,
) {
  await supervisor.start(containerd(layout, busyboxImageName, programs.cni));
  await until(() => containerdAnswers(layout), signal);
  await importImage(layout, pauseImage);
}

async function startControlPlane(
  { layout, programs, families }: Plan,
  supervisor: Supervisor,
  signal: AbortSignal,
) {
  const { kubernetes } = programs;
  await supervisor.start(etcd(layout));
  await supervisor.start(apiserver(layout, kubernetes, families));
  await until(() => kubectlSucceeds(layout, programs, ['get', '--raw=/readyz'], signal), signal);

  await supervisor.start(kubelet(layout, kubernetes, families));
  await supervisor.start(controllerManager(layout, kubernetes));
  await supervisor.start(scheduler(layout, kubernetes));
  await supervisor.start(kubeProxy(layout, kubernetes, families));

  const object = (...args: string[]) =>
    until(() => kubectlSucceeds(layout, programs, ['wait', ...args, '--timeout=60s'], signal), signal);
  await Promise.all([
    object(`node/${nodeName}`, '--for=create').then(() =>
      object(`node/${nodeName}`, '--for=condition=Ready'),
    ),
    // Without it the API server refuses pods.
    object('serviceaccount/default', '--for=create'),
    until(servicesWork, signal),
  ]);
}
