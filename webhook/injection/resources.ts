import { parseQuantity } from '../../settings/quantity.ts';
import { type JsonObject, objectOf } from '../admission/json.ts';

const kinds = ['limits', 'requests'] as const;

/**
 * Our resources, with what others ask for in their place, quantity by quantity. What is still as we gave it the last
 * time (`before`) is not theirs, and follows our settings. The API server writes quantities in its own way (`1000m`
 * comes back as `1`): what means the same as ours stays as it is written.
 */
export function mergeResources(rendered: JsonObject, present: JsonObject, before: JsonObject): JsonObject {
  const merged = kinds.map((kind) => {
    const [ours, given, asked] = [rendered, before, present].map((one) => objectOf(one[kind]));
    const theirs = Object.entries(asked ?? {}).filter(
      ([name, value]) =>
        isQuantity(value) && (!isSameQuantity(value, given?.[name]) || isSameQuantity(value, ours?.[name])),
    );
    return [kind, { ...ours, ...Object.fromEntries(theirs) }];
  });
  const { claims } = present;
  return { ...Object.fromEntries(merged), ...(Array.isArray(claims) && { claims }) };
}

/** The resources, none of them above the limits of the pod as a whole. */
export function capResources(resources: JsonObject, podLimits: JsonObject): JsonObject {
  const capped = kinds.map((kind) => [
    kind,
    Object.fromEntries(
      Object.entries(objectOf(resources[kind])).map(([name, value]) => {
        const [own, most] = [amountOf(value), amountOf(podLimits[name])];
        return [name, own !== undefined && most !== undefined && own > most ? podLimits[name] : value];
      }),
    ),
  ]);
  return Object.fromEntries(capped);
}

/** Requests above their limit, which Kubernetes refuses, as `requests.cpu 2 is above the limit 1`. */
export function findRequestsAboveLimits({ limits, requests }: JsonObject): string[] {
  const most = objectOf(limits);
  return Object.entries(objectOf(requests)).flatMap(([name, request]) => {
    const [asked, limit] = [amountOf(request), amountOf(most[name])];
    if (asked === undefined || limit === undefined || asked <= limit) return [];
    return [`requests.${name} ${request} is above the limit ${most[name]}`];
  });
}

/** JSON may hold a number in place of a text. The API server writes texts. */
const isQuantity = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

function isSameQuantity(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const [a, b] = [amountOf(one), amountOf(other)];
  return a !== undefined && a === b;
}

/** Cores, or bytes. */
export function amountOf(quantity: unknown): number | undefined {
  const parsed = isQuantity(quantity) ? parseQuantity(`${quantity}`) : undefined;
  return parsed?.ok ? parsed.value.value : undefined;
}
