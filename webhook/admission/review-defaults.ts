import { describeError, parseSettings } from '../../settings/parse.ts';
import { readAnnotations } from '../decision/annotations.ts';
import { parseConfig } from '../decision/config.ts';
import { findOverruled } from '../decision/enforcement.ts';
import { findIneffective } from '../decision/ineffective.ts';
import type { Injector } from './inject-review.ts';
import { isObject, objectOf } from './json.ts';
import type { AdmissionRequest } from './review.ts';

/**
 * What is wrong with a new version of the ConfigMap, or with a namespace's annotations, in sentences for who writes
 * it. Otherwise the log would be the first to tell, or the pods.
 */
export function reviewDefaults({ kind, object }: AdmissionRequest, injector: Injector): readonly string[] {
  if (kind.group !== '') return [];
  if (kind.kind === 'ConfigMap') return reviewConfigMap(textsIn(object.data), injector);
  if (kind.kind !== 'Namespace') return [];
  return reviewNamespace(textsIn(objectOf(object.metadata).annotations), injector);
}

type Texts = Readonly<Record<string, string>>;

function reviewConfigMap(data: Texts, { families, revision, foreign }: Injector): readonly string[] {
  const parsed = parseConfig(data, revision, foreign);
  return parsed.ok
    ? [...parsed.ignored, ...findIneffective(parsed.settings, families, [], [parsed.config.layer])]
    : parsed.problems.map((problem) => `this version is not taken: ${problem}`);
}

function reviewNamespace(annotations: Texts, { config, families, foreign }: Injector): readonly string[] {
  const own = readAnnotations('namespace annotation', annotations, foreign);
  const parsed = parseSettings([config.layer, own.layer], ['annotation']);
  const invalid = [...own.errors, ...(parsed.ok ? [] : parsed.errors)];
  const errors = [...invalid, ...findOverruled([config, own])];
  return parsed.ok && errors.length === 0
    ? [...own.ignored, ...findIneffective(parsed.settings, families, [config.layer], [own.layer])]
    : errors.map((error) => `pods that get a proxy here will be refused: ${describeError(error)}`);
}

/** The API server has checked that they are texts; a request by anyone else may hold anything. */
const textsIn = (value: unknown): Texts =>
  isObject(value) && Object.values(value).every((text) => typeof text === 'string') ? (value as Texts) : {};
