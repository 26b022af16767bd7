import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsonPatch from 'fast-json-patch';
import type { Host } from '../net/host.ts';
import { createPair, type Pair } from '../net/pair.ts';
import { connect, startServer } from '../net/traffic.ts';
import type { PodSpec } from './container-process.ts';
import { runPod, waitUntilReady } from './pod-runner.ts';
import { heading, note, table } from './report.ts';
import { makeRequests, readCounters } from './requests.ts';
import { samplePod } from './sample-pod.ts';
import { startWebhook } from './webhook.ts';

/** The main job without a cluster: the real webhook, Envoy and init tool, in network namespaces. */
export async function runEmbedded(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-demo-'));
  const pair = await createPair();
  try {
    const injected = await injectSample(folder);
    await runInjected(injected, pair);
  } finally {
    await pair.close();
    await rm(folder, { recursive: true });
  }
}

async function injectSample(folder: string): Promise<PodSpec> {
  const webhook = await startWebhook(join(folder, 'certificates'), 18443);
  try {
    heading('The webhook', `dist/outrider webhook, over TLS at ${webhook.url}`);
    const review = {
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'demo',
        operation: 'CREATE',
        namespace: 'shop',
        kind: { group: '', version: 'v1', kind: 'Pod' },
        object: samplePod,
      },
    };
    const { response } = await webhook.review('/mutate/enabled-namespace', review);
    const { decision, reason } = await webhook.lastDecision();
    const operations = JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString());
    note(`pod shop/web, namespace labelled outrider.io/injection=enabled: ${decision} (${reason})`);
    table(
      ['operation', 'path', 'bytes'],
      operations.map(({ op, path, value }: { op: string; path: string; value: unknown }) => [
        op,
        path,
        `${JSON.stringify(value).length}`,
      ]),
    );
    return jsonPatch.applyPatch(structuredClone(samplePod) as object, operations).newDocument as PodSpec;
  } finally {
    await webhook.program.stop();
  }
}

async function runInjected(injected: PodSpec, pair: Pair): Promise<void> {
  const { pod: host, peer } = pair;
  const pod = await runPod(injected, host, peer);
  const states = await waitUntilReady(pod, 20_000);
  const counted = states.filter(({ kind }) => kind !== 'init');
  heading(
    'The pod',
    'its containers as processes in a network namespace, in the order of a kubelet (none is here)',
  );
  table(
    ['container', 'kind', 'state', 'ready'],
    states.map(({ name, kind, state, ready }) => [name, kind, state, kind === 'init' ? '' : `${ready}`]),
  );
  note(`READY ${counted.filter(({ ready }) => ready).length}/${counted.length}, by the pod's own probes`);

  heading('The rules', 'iptables-save -t nat, as outrider-init wrote them (and the same for IPv6)');
  const saved = await host.exec('iptables-save', ['-t', 'nat']);
  note(
    saved.stdout
      .split('\n')
      .filter((line) => line.startsWith('-A'))
      .join('\n'),
  );

  await startServer(peer, [80]);
  await waitForAnswer(host);
  const results = await makeRequests(pair);
  heading('The traffic', 'each connection, by which of Envoy’s clusters it went, and whom the server saw');
  table(
    ['connection', 'to', 'by', 'the server saw', ''],
    results.map(({ what, to, via, answer, passed }) => [
      what,
      `${to.address} ${to.port}`,
      via,
      answer.program === 'server' ? answer.remote.address : 'refused',
      passed ? 'as it should' : 'WRONG',
    ]),
  );
  heading("Envoy's counters", 'connections by cluster, from /stats/prometheus');
  table(
    ['cluster', 'connections'],
    Object.entries(await readCounters(host)).map(([name, count]) => [name, `${count}`]),
  );
  if (!results.every(({ passed }) => passed)) throw new Error('a connection did not go the way it should');
}

/** The application has no readiness probe, so its being ready says nothing of its listening yet. */
async function waitForAnswer(host: Host): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await connect(host, { address: '127.0.0.1', port: 8080 })).program !== 'server') {
    if (Date.now() > deadline) throw new Error('the application does not answer');
  }
}
