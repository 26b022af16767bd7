import { isObject, type JsonObject } from '../admission/json.ts';
import type { Manifest } from './manifest.ts';
import { current, withoutPolicies } from './rendered.ts';

/** The minor version, from what the API server tells at /version: `"minor": "29+"`. */
export const minorOf = (version: JsonObject | undefined): number =>
  Number.parseInt(String(version?.minor), 10);

export const firstMinor = 29;
const firstMinorWithPolicies = 30;

/** What is installed on Kubernetes 1.`minor`; `image` stands in place of the one that the manifests name. */
export function chooseManifests(minor: number, version: string, image?: string): readonly Manifest[] {
  const manifests = minor < firstMinorWithPolicies ? withoutPolicies : current;
  return image === undefined
    ? manifests
    : manifests.map((one) => replaceText(one, `outrider:${version}`, image));
}

function replaceText<T>(value: T, text: string, by: string): T {
  if (value === text) return by as T;
  if (Array.isArray(value)) return value.map((one) => replaceText(one, text, by)) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, one]) => [field, replaceText(one, text, by)]),
  ) as T;
}
