import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isObject, type JsonObject } from '../../../webhook/admission/json.ts';
import type { Cluster } from '../cluster.ts';
import { kubectl } from '../kubectl.ts';

const manifests = join(import.meta.dirname, '../../../manifests');

/** What kubectl makes of the manifests with components of theirs. */
export async function renderWith(
  cluster: Cluster,
  components: readonly string[],
): Promise<readonly JsonObject[]> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-rights-'));
  const from = (path: string): string => relative(folder, path);
  const overlay = {
    resources: [from(manifests)],
    components: components.map((component) => from(join(manifests, component))),
  };
  await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
  const text = await kubectl(cluster, ['kustomize', folder]);
  await rm(folder, { recursive: true });
  return parseAllDocuments(text)
    .map((document): unknown => document.toJS())
    .filter(isObject);
}
