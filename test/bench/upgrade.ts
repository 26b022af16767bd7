import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openApi, type Request } from '../cluster/api.ts';
import { type Cluster, raiseCluster } from '../cluster/cluster.ts';
import { dryRunCreate } from '../cluster/dry-run.ts';
import { openHelm } from '../cluster/helm/helm.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { tagImage } from '../cluster/local/image-import.ts';
import { layout } from '../cluster/local/node.ts';
import { outriderImage, waitForWebhook } from '../cluster/outrider.ts';
import { podManifest } from '../cluster/pods.ts';
import { until } from '../cluster/polling.ts';
import { keepCreating } from '../soak/creations.ts';
import { type Roll, type Rolled, renderRolls } from './upgrade-document.ts';
import { cpus, nextImage, type Way, waysOf } from './upgrade-ways.ts';

/** `make bench-upgrade`: what upgrades and rollbacks do to pods that are made meanwhile. Writes the end of docs/upgrade.md. */

const document = join(import.meta.dirname, '../../docs/upgrade.md');
const heading = '## Under load';
const perSecond = 20;
const quiet = 10_000;

const cluster = await raiseCluster();
const api = await openApi(cluster);
const { helm, close } = await openHelm();
try {
  await cluster.loadImages();
  await tagImage(layout, outriderImage, nextImage);
  const rolls: Roll[] = [];
  for (const way of waysOf(cluster, helm)) {
    await way.install();
    await waitForWebhook(cluster);
    rolls.push(await measure(cluster, api.request, way));
    await way.uninstall();
  }
  const text = renderRolls(rolls, perSecond);
  const [before = ''] = (await readFile(document, 'utf8')).split(heading);
  await writeFile(document, `${before.trimEnd()}\n\n${heading}\n\n${text}`);
  console.log(text);
} finally {
  await close();
  await api.stop();
  if (cluster.raisedHere && process.env.KEEP_CLUSTER !== '1') await cluster.stop();
}

async function measure(cluster: Cluster, request: Request, way: Way): Promise<Roll> {
  const started = performance.now();
  let isOver = false;
  const creating = keepCreating(request, perSecond, () => isOver);
  const roll = async (change: () => Promise<unknown>, cpu: string): Promise<Rolled> => {
    const old = await replicasOf(cluster);
    const from = performance.now() - started;
    await change();
    const said = performance.now() - started - from;
    await until(async () => {
      const now = await replicasOf(cluster);
      return now.length === 2 && now.every((name) => !old.includes(name));
    }, AbortSignal.timeout(120_000));
    const to = performance.now() - started;
    await until(async () => (await cpuOfProxy(cluster)) === cpu, AbortSignal.timeout(30_000));
    return { from, to, said };
  };
  try {
    await sleep(quiet);
    const upgrade = await roll(way.upgrade, cpus.next);
    await sleep(quiet);
    const rollback = await roll(way.rollback, cpus.now);
    await sleep(quiet);
    isOver = true;
    return { title: way.title, upgrade, rollback, creations: await creating };
  } finally {
    isOver = true;
  }
}

async function replicasOf(cluster: Cluster): Promise<string[]> {
  const pods = ['get', 'pods', '-o', 'name', '-l', 'app.kubernetes.io/component=webhook'];
  return (await kubectl(cluster, ['-n', 'outrider-system', ...pods])).split('\n');
}

async function cpuOfProxy(cluster: Cluster): Promise<string | undefined> {
  const pod = podManifest({ name: 'asked', labels: { 'outrider.io/inject': 'true' } });
  const { pod: created } = await dryRunCreate(cluster, 'default', pod);
  return created?.spec.initContainers[0].resources.requests.cpu;
}
