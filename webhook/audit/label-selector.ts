import { isObject, objectOf, objectsOf } from '../admission/json.ts';

/** Whether a selector (meta/v1 LabelSelector) takes these labels. None takes nothing, and an empty one everything. */
export function selects(selector: unknown, labels: Readonly<Record<string, unknown>>): boolean {
  if (!isObject(selector)) return false;
  const equal = Object.entries(objectOf(selector.matchLabels)).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    objectsOf(selector.matchExpressions).every(({ key, operator, values }) => {
      const value = labels[String(key)];
      const isListed = Array.isArray(values) && values.includes(value);
      switch (operator) {
        case 'In':
          return isListed;
        case 'NotIn':
          return !isListed;
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          // Rather one budget too many than one too few.
          return true;
      }
    })
  );
}
