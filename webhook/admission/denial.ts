import { createHash } from 'node:crypto';
import { type JsonObject, objectOf, objectsOf } from './json.ts';
import type { AdmissionRequest } from './review.ts';

/** The object that an Event is shown with. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid?: string;
}

/** An Event (core/v1). */
export interface WarningEvent {
  /** Normal where nothing is wrong; without it, Warning. */
  readonly type?: 'Normal';
  /** Events of the same name are one: replicas that say the same say it once. */
  readonly name: string;
  readonly namespace: string;
  readonly about: ObjectReference;
  /** One word in UpperCamelCase, for machines. */
  readonly reason: string;
  readonly message: string;
}

/**
 * Tells a denial with what made the pod, or with the namespace where a person did: the pod itself never exists.
 * The same denial for the same owner has the same name, however many pods it makes.
 */
export function denialOf({ namespace, object }: AdmissionRequest, message: string): WarningEvent {
  const about = controllerOf(object, namespace) ?? {
    apiVersion: 'v1',
    kind: 'Namespace',
    name: namespace,
    // An Event has to be in the namespace of its object. Whoever reads the Events of this one finds it.
    namespace,
  };
  return { name: nameOfEvent(about, message), namespace, about, reason: 'PodDenied', message };
}

/** The same for the same message about the same object, whoever says it. */
export function nameOfEvent(about: ObjectReference, message: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([about, message]))
    .digest('hex');
  return `outrider.${digest.slice(0, 32)}`;
}

/** The owner whose controller makes the pod, as its metadata says. */
export function controllerOf({ metadata }: JsonObject, namespace: string): ObjectReference | undefined {
  const owners = objectsOf(objectOf(metadata).ownerReferences);
  const { apiVersion, kind, name, uid } = owners.find(({ controller }) => controller === true) ?? {};
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  return isText(apiVersion) && isText(kind) && isText(name) && isText(uid)
    ? { apiVersion, kind, name, namespace, uid }
    : undefined;
}
