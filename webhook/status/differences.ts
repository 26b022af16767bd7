import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject } from '../admission/json.ts';
import type { Pod } from '../admission/pod.ts';
import type { Answer } from '../admission/response.ts';
import { describeRevision, type Revision } from '../decision/revision.ts';
import { initContainer, reservedContainers, statusAnnotation } from '../injection/names.ts';
import { pointer } from '../injection/patch.ts';

/** In what an injected pod is not as it would be injected now. */
export type Difference =
  /** Of the init container, which is of the webhook's own image: another version. */
  | { readonly kind: 'image'; readonly has: string; readonly now: string }
  /** It was injected by another one than its labels ask for now. */
  | { readonly kind: 'injector'; readonly has: Revision; readonly now: Revision }
  | { readonly kind: 'fields'; readonly container: string; readonly fields: readonly string[] }
  /** The digest of the settings, by the status annotation alone. */
  | { readonly kind: 'told' }
  | { readonly kind: 'other' };

/** Reads the webhook's patch of a pod that has its containers already: every operation is a difference. */
export function findDifferences({ initContainers = [] }: Pod, answer: Answer): readonly Difference[] {
  if (answer.kind !== 'patched') return [];
  const wanted = answer.operations
    .flatMap((operation) => (operation.op === 'remove' ? [] : operation.value))
    .filter((value): value is JsonObject => isObject(value))
    .filter(({ name }) => reservedContainers.includes(String(name)));
  const differences = wanted.flatMap((now) => {
    const has = initContainers.find(({ name }) => name === now.name)?.json ?? {};
    const fields = Object.keys({ ...has, ...now })
      .filter((field) => !isDeepStrictEqual(has[field], now[field]))
      .sort();
    const isVersion = now.name === initContainer && fields.includes('image');
    const rest = isVersion ? fields.filter((field) => field !== 'image') : fields;
    const container = String(now.name);
    return [
      ...(isVersion ? [{ kind: 'image' as const, has: String(has.image), now: String(now.image) }] : []),
      ...(rest.length > 0 ? [{ kind: 'fields' as const, container, fields: rest }] : []),
    ];
  });
  if (differences.length > 0) return differences;
  const status = `/metadata/annotations${pointer(statusAnnotation)}`;
  const onlyTold = answer.operations.every(({ path }) => path === status);
  return [onlyTold ? { kind: 'told' } : { kind: 'other' }];
}

/** A sentence for a person. */
export const describeDifferences = (differences: readonly Difference[]): string =>
  `${differences.map(describe).join('; ')}: delete the pod, and it is made anew`;

function describe(difference: Difference): string {
  switch (difference.kind) {
    case 'injector':
      return `it was injected by the injector ${describeRevision(difference.has)}, and is for the one ${describeRevision(difference.now)}`;
    case 'image':
      return `${initContainer} is of ${difference.has}, now ${difference.now}`;
    case 'fields':
      return `${difference.container} has other ${difference.fields.join(', ')}`;
    case 'told':
      return `its version or settings have changed (${statusAnnotation})`;
    case 'other':
      return 'what is around its proxy has changed';
  }
}
