import { keepLedger, type Ledger } from '../../webhook/audit/ledger.ts';
import { noConfig } from '../../webhook/decision/config.ts';
import { inject } from '../webhook/pods.ts';
import { podReview } from './pod-review.ts';
import { median } from './quantile.ts';
import { residentMemory } from './usage.ts';

/**
 * `make bench-auditor`: what the auditor keeps of ten thousand injected pods, in pages of a hundred as they come from an
 * API server, and how long it judges one; with all as they should be, and then with none, as after an upgrade.
 */

const [pods, pageSize, podsOfOne] = [10_000, 100, 3];
const { gc } = globalThis;
if (gc === undefined) throw new Error('start it with --expose-gc, as make bench-auditor does');

const injector = {
  version: '0.1.0',
  initImage: 'outrider:0.1.0',
  ownNamespace: 'outrider-system',
  families: ['ipv4' as const],
  config: noConfig,
};
const enabled = { label: 'enabled', annotations: {} };

/** The text of a page: made when it is asked for, so that nothing here keeps ten thousand pods. */
function page(from: number): string {
  const items = Array.from({ length: pageSize }, (_, offset) => {
    const index = from + offset;
    const pod = inject(JSON.parse(podReview(index)).request.object);
    const owner = `checkout-${Math.floor(index / podsOfOne)}-7c9d8f6b5d`;
    const reference = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: owner,
      uid: `${owner}-a4b1`,
      controller: true,
    };
    const uid = `3f0c8a52-6d1e-4c7b-9a55-${String(index).padStart(12, '0')}`;
    return { ...pod, metadata: { ...pod.metadata, uid, ownerReferences: [reference] } };
  });
  return JSON.stringify({ items });
}

const heap = (): number => {
  gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

async function measure(what: string, initImage: string): Promise<Ledger> {
  const times: number[] = [];
  const before = heap();
  const ledger = keepLedger(() => ({ ...injector, initImage }));
  ledger.seeNamespace('shop', enabled, 0);
  let bytes = 0;
  for (let from = 0; from < pods; from += pageSize) {
    const text = page(from);
    bytes += text.length;
    const start = performance.now();
    for (const pod of JSON.parse(text).items) ledger.seePod(pod, start);
    times.push(performance.now() - start);
  }
  const kept = heap() - before;
  console.log(
    `${what}: ${kept.toFixed(1)} MiB kept of ${(bytes / 2 ** 20).toFixed(0)} MiB of JSON; ` +
      `a page of ${pageSize} parsed and judged in ${median(times).toFixed(0)} ms (${Math.max(...times).toFixed(0)} at most); ` +
      `${(await residentMemory(process.pid)).toFixed(0)} MiB resident`,
  );
  console.log(
    `  ${ledger
      .counts()
      .map(({ state, pods: count }) => `${count} ${state}`)
      .join(', ')}`,
  );
  return ledger;
}

console.log(`${pods} pods, ${podsOfOne} of each ReplicaSet`);
// Each is kept until its memory is measured.
await measure('to warm up            ', 'outrider:0.1.0');
await measure('all as they should be ', 'outrider:0.1.0');
await measure('all outdated          ', 'outrider:0.2.0');
