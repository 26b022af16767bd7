import { type JsonObject, objectOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';
import type { Mesh } from './mesh.ts';
import { isKeyOf } from './translate.ts';

/**
 * What is told of keys for pods that stand on the object that holds a template, a Deployment say. No mesh reads them
 * there, and many believe so.
 */
export const describeMisplaced = (holder: JsonObject, meshes: readonly Mesh[]): readonly string[] =>
  (['label', 'annotation'] as const).flatMap((part) =>
    Object.entries(objectOf(valueAt(holder, ['metadata', `${part}s`]))).flatMap(([key, text]) =>
      meshes.flatMap(({ name, rows }) => {
        const row = rows.find((one) => one.as === part && one.on.includes('pod') && isKeyOf(one, key));
        const fates = row?.fatesOf(`${text}`, { labels: {}, annotations: {} }) ?? [];
        if (fates.every(({ kind }) => kind === 'harmless')) return [];
        const remedy = `where pods should have it, move it to the metadata of the template, and migrate again`;
        return [
          `no equivalent: ${part} ${key} of the ${holder.kind} itself: ${name} reads it on pods alone: ${remedy}`,
        ];
      }),
    ),
  );
