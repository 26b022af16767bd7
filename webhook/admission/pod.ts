import { isObject, type JsonObject } from './json.ts';
import { readTexts } from './texts.ts';

/** The fields of a Pod (core/v1) that decisions read. Everything else stays in the original JSON, untouched. */
export interface Pod {
  /** With what of it stands below, too. */
  readonly metadata: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
  readonly shareProcessNamespace: boolean;
  readonly hostPid: boolean;
  readonly windows: boolean;
  readonly containers: readonly Container[];
  /** `undefined` where the pod has no such list: a patch has to create it. */
  readonly initContainers: readonly Container[] | undefined;
  readonly volumes: readonly Volume[] | undefined;
  readonly hasAnnotations: boolean;
  readonly securityContext: JsonObject;
  /** Limits of the pod as a whole; empty where it has none. */
  readonly limits: JsonObject;
  /** 30 where the pod does not say, as in a file: so an API server fills it in. */
  readonly gracePeriodSeconds: number;
}

export interface Container {
  readonly name: string;
  readonly ports: readonly number[];
  /** Names of the volumes that are mounted, or attached as block devices. */
  readonly volumeNames: readonly string[];
  readonly securityContext: JsonObject;
  readonly json: JsonObject;
}

export interface Volume {
  readonly name: string;
  readonly json: JsonObject;
}

export type ParsedPod =
  | { readonly ok: true; readonly pod: Pod }
  | { readonly ok: false; readonly problems: string[] };

/** Parses a Pod's JSON. All problems come back at once, each with the path of its field. */
export function parsePod(object: JsonObject): ParsedPod {
  const problems: string[] = [];

  const required = (parent: JsonObject, name: string, path: string): JsonObject => {
    const value = parent[name];
    if (isObject(value)) return value;
    problems.push(`${path}${name}: expected an object`);
    return {};
  };
  const field = (parent: JsonObject, name: string, path: string): JsonObject =>
    (parent[name] ?? undefined) === undefined ? {} : required(parent, name, path);
  const list = <T>(
    parent: JsonObject,
    name: string,
    path: string,
    item: (json: JsonObject, path: string) => T,
  ) => {
    const value = parent[name] ?? undefined;
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) {
      problems.push(`${path}${name}: expected a list`);
      return undefined;
    }
    return value.flatMap((one, index) => {
      const at = `${path}${name}[${index}]`;
      if (isObject(one)) return [item(one, at)];
      problems.push(`${at}: expected an object`);
      return [];
    });
  };
  const name = (json: JsonObject, path: string): string => {
    if (typeof json.name === 'string') return json.name;
    problems.push(`${path}.name: expected a string`);
    return '';
  };
  const texts = (parent: JsonObject, of: string, path: string): Readonly<Record<string, string>> => {
    const read = readTexts(parent[of], `${path}${of}`);
    if (read.ok) return read.texts;
    problems.push(...read.problems);
    return {};
  };
  const container = (json: JsonObject, path: string): Container => {
    const volumeOf = (mount: JsonObject, at: string): string => name(mount, at);
    return {
      name: name(json, path),
      ports: (list(json, 'ports', `${path}.`, (port) => port.containerPort) ?? []).filter(
        (port): port is number => typeof port === 'number',
      ),
      volumeNames: [
        ...(list(json, 'volumeMounts', `${path}.`, volumeOf) ?? []),
        ...(list(json, 'volumeDevices', `${path}.`, volumeOf) ?? []),
      ],
      securityContext: field(json, 'securityContext', `${path}.`),
      json,
    };
  };

  // A patch adds to both.
  const metadata = required(object, 'metadata', '');
  const spec = required(object, 'spec', '');
  const grace = spec.terminationGracePeriodSeconds;
  const pod: Pod = {
    metadata,
    labels: texts(metadata, 'labels', 'metadata.'),
    annotations: texts(metadata, 'annotations', 'metadata.'),
    hasAnnotations: isObject(metadata.annotations),
    hostNetwork: spec.hostNetwork === true,
    shareProcessNamespace: spec.shareProcessNamespace === true,
    hostPid: spec.hostPID === true,
    windows:
      field(spec, 'os', 'spec.').name === 'windows' ||
      field(spec, 'nodeSelector', 'spec.')['kubernetes.io/os'] === 'windows',
    containers: list(spec, 'containers', 'spec.', container) ?? [],
    initContainers: list(spec, 'initContainers', 'spec.', container),
    volumes: list(spec, 'volumes', 'spec.', (json, path) => ({ name: name(json, path), json })),
    securityContext: field(spec, 'securityContext', 'spec.'),
    limits: field(field(spec, 'resources', 'spec.'), 'limits', 'spec.resources.'),
    gracePeriodSeconds: typeof grace === 'number' ? grace : 30,
  };
  return problems.length === 0 ? { ok: true, pod } : { ok: false, problems };
}
