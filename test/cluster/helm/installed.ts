import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Cluster } from '../cluster.ts';
import { kubectl } from '../kubectl.ts';
import { until } from '../polling.ts';
import { type AnyObject, objectsOf } from './objects.ts';

/** The objects of a stream of YAML, as the cluster has them. */
export async function liveObjects(cluster: Cluster, manifest: string): Promise<AnyObject[]> {
  const { items } = JSON.parse(await kubectl(cluster, ['get', '-o', 'json', '-f', '-'], { input: manifest }));
  expect(items).to.have.lengthOf(objectsOf(manifest).size);
  return items;
}

/** The same once controllers have written the status of what is new; of policies when their types are checked. */
export async function settledObjects(cluster: Cluster, manifest: string): Promise<AnyObject[]> {
  let latest = await liveObjects(cluster, manifest);
  await until(async () => {
    const before = JSON.stringify(latest);
    await sleep(3_000);
    latest = await liveObjects(cluster, manifest);
    const policies = latest.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy');
    return (
      policies.every(({ status }) => status?.observedGeneration !== undefined) &&
      JSON.stringify(latest) === before
    );
  }, AbortSignal.timeout(60_000));
  return latest;
}

/** All that has Outrider in its name, of whatever kind, but for Events and what has the name of the tests' node. */
export async function namedOutrider(cluster: Cluster): Promise<string[]> {
  const lines = async (...args: string[]): Promise<string[]> => (await kubectl(cluster, args)).split('\n');
  const kinds = await lines('api-resources', '--verbs=list', '-o', 'name');
  const asked = kinds.filter((kind) => !kind.startsWith('events'));
  const nodes = (await lines('get', 'nodes', '-o', 'name')).map((node) => node.replace('node/', ''));
  const found = await lines('get', asked.join(','), '-A', '-o', 'name', '--ignore-not-found');
  return found.filter((line) => line.includes('outrider') && !nodes.some((name) => line.endsWith(name)));
}
