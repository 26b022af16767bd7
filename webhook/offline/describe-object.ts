import { isObject } from '../admission/json.ts';
import { valueAt } from '../admission/pod-holders.ts';

/** `, Deployment/web`, to follow the place of the object; as much of it as the object says. */
export function describeObject(json: unknown, kindOfItem?: string): string {
  const kind = (isObject(json) ? json.kind : undefined) ?? kindOfItem;
  if (typeof kind !== 'string') return '';
  const [name, generated] = [
    valueAt(json, ['metadata', 'name']),
    valueAt(json, ['metadata', 'generateName']),
  ];
  if (typeof name === 'string') return `, ${kind}/${name}`;
  return typeof generated === 'string' ? `, ${kind}/${generated}*` : `, ${kind}`;
}
