import { isObject, type JsonObject } from '../admission/json.ts';
import type { Revision } from '../decision/revision.ts';
import type { Manifest } from './manifest.ts';
import { current, currentOfCanary, withoutPolicies, withoutPoliciesOfCanary } from './rendered.ts';

/** The minor version, from what the API server tells at /version: `"minor": "29+"`. */
export const minorOf = (version: JsonObject | undefined): number =>
  Number.parseInt(String(version?.minor), 10);

export const firstMinor = 29;
const firstMinorWithPolicies = 30;

/** What is to be installed. */
export interface Choice {
  /** Of Outrider. */
  readonly version: string;
  readonly revision?: Revision;
  /** In place of the one that the manifests name. */
  readonly image?: string;
}

/** What is installed on Kubernetes 1.`minor`. */
export function chooseManifests(minor: number, { version, revision, image }: Choice): readonly Manifest[] {
  const hasPolicies = !(minor < firstMinorWithPolicies);
  const manifests = ofRevision(hasPolicies, revision);
  return image === undefined
    ? manifests
    : manifests.map((one) => mapTexts(one, (text) => (text === `outrider:${version}` ? image : text)));
}

/** manifests/revision has the word `canary` where the name of a revision stands, and nowhere else. */
function ofRevision(hasPolicies: boolean, revision: Revision): readonly Manifest[] {
  if (revision === undefined) return hasPolicies ? current : withoutPolicies;
  const manifests = hasPolicies ? currentOfCanary : withoutPoliciesOfCanary;
  return manifests.map((one) => mapTexts(one, (text) => text.replaceAll('canary', revision)));
}

function mapTexts<T>(value: T, map: (text: string) => string): T {
  if (typeof value === 'string') return map(value) as T;
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, map)) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, one]) => [field, mapTexts(one, map)])) as T;
}
