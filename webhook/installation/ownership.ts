import { isObject, type JsonObject, objectsOf } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';

/** As whom the API server remembers that we have set a field. */
export const fieldManager = 'outrider';

/** What `kubectl apply` is remembered as, by itself and with `--server-side`; other commands of kubectl have other names. */
const isOfKubectl = ({ manager, operation, subresource }: JsonObject): boolean =>
  subresource === undefined &&
  ((manager === 'kubectl-client-side-apply' && operation === 'Update') ||
    (manager === 'kubectl' && operation === 'Apply'));

const isOurs = ({ manager, operation }: JsonObject): boolean =>
  manager === fieldManager && operation === 'Apply';

const managersOf = (object: JsonObject): readonly JsonObject[] =>
  objectsOf(valueAt(object, ['metadata', 'managedFields']));

/** We have applied it, in this version or another. */
export const isApplied = (object: JsonObject): boolean => managersOf(object).some(isOurs);

/** `kubectl apply` has installed it, and goes on to hold fields of it. */
export const isHeldByKubectl = (object: JsonObject): boolean => managersOf(object).some(isOfKubectl);

/** Of what the API server says of a conflict: nobody else has a part in it. Their parts are `with "who" using apps/v1`. */
export function isConflictOfKubectl(message: string): boolean {
  const others = [...message.matchAll(/conflicts? with ("[^"]*"(?: with subresource)?)/g)].map(
    ([, who]) => who,
  );
  return (
    others.length > 0 && others.every((who) => who === '"kubectl-client-side-apply"' || who === '"kubectl"')
  );
}

/**
 * The object's `managedFields` with all that `kubectl apply` has set as ours, as client-go does where kubectl changes
 * sides (util/csaupgrade). A field that we do not apply then goes, where it would otherwise stay kubectl's for ever.
 * `undefined` where kubectl holds nothing.
 */
export function takeFromKubectl(object: JsonObject): readonly JsonObject[] | undefined {
  const managers = managersOf(object);
  const theirs = managers.filter(isOfKubectl);
  const [first] = theirs;
  if (first === undefined) return undefined;
  const ours = managers.find(isOurs);
  const fields = [...theirs, ...(ours === undefined ? [] : [ours])].map(({ fieldsV1 }) => fieldsV1);
  const taken: JsonObject = {
    ...(ours ?? first),
    manager: fieldManager,
    operation: 'Apply',
    fieldsV1: fields.reduce(union),
  };
  return [...managers.filter((one) => one !== ours && !theirs.includes(one)), taken];
}

/** A set of fields is an object whose keys are steps of paths. */
function union(one: unknown, other: unknown): JsonObject {
  const [a, b] = [isObject(one) ? one : {}, isObject(other) ? other : {}];
  const both = Object.keys(a).filter((step) => step in b);
  return { ...a, ...b, ...Object.fromEntries(both.map((step) => [step, union(a[step], b[step])])) };
}
