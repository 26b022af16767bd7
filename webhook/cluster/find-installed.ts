import type { Revision } from '../decision/revision.ts';
import { isKept, listPathOf, type Manifest, revisionOf, titleOf } from '../installation/manifest.ts';
import { isApplied, isHeldByKubectl } from '../installation/ownership.ts';
import { current, withoutPolicies } from '../installation/rendered.ts';
import type { Api } from './api.ts';

const selector = 'labelSelector=app.kubernetes.io/part-of%3Doutrider';

/** What of Outrider is there, of this version or another: all kinds that are ever installed, by the label. @throws ApiError */
export async function findInstalled(api: Api): Promise<readonly Manifest[]> {
  const kinds = new Map(
    [...current, ...withoutPolicies].map((one) => [`${one.kind} ${one.metadata.namespace}`, one]),
  );
  const found = await Promise.all(
    [...kinds.values()].map(async ({ apiVersion, kind, metadata: { namespace } }) => {
      const objects = await api.list(`${listPathOf({ apiVersion, kind }, namespace)}?${selector}`);
      // Objects of a list do not say their kind.
      return objects.map((one) => ({ ...one, apiVersion, kind }) as unknown as Manifest);
    }),
  );
  return found.flat();
}

/** Of what is there: what was applied by an older version, and is not of this one. @throws ApiError */
export async function findObsolete(
  api: Api,
  manifests: readonly Manifest[],
  revision: Revision,
  { takeOwnership }: { readonly takeOwnership: boolean },
): Promise<readonly Manifest[]> {
  const wanted = new Set(manifests.map(titleOf));
  const found = (await findInstalled(api)).filter((one) => revisionOf(one) === revision);
  // Of ConfigMaps kubectl applies the settings of the whole cluster, which are not of a version.
  const isTaken = (one: Manifest): boolean =>
    takeOwnership && one.kind !== 'ConfigMap' && isHeldByKubectl(one);
  return found.filter((one) => !wanted.has(titleOf(one)) && !isKept(one) && (isApplied(one) || isTaken(one)));
}
