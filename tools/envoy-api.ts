/**
 * Writes proxy/envoy-api.ts: the messages of Envoy's API as types, from Envoy's own .proto files, in the form that JSON gives
 * them (proto3 JSON mapping, with the names of fields as in the files).
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf, {
  Enum,
  type Field,
  MapField,
  Namespace,
  type NamespaceBase,
  type ReflectionObject,
  Type,
} from 'protobufjs';

const root = join(import.meta.dirname, '..');
const shipped = join(root, 'node_modules/@grpc/grpc-js-xds/deps');
const envoy = join(shipped, 'envoy-api');
const includes = [
  envoy,
  ...['xds', 'googleapis', 'protoc-gen-validate'].map((name) => join(shipped, name)),
  join(root, 'node_modules/protobufjs'),
];

const find = (path: string): string | undefined =>
  includes.map((folder) => join(folder, path)).find((file) => existsSync(file));

/** Some files import what is not shipped with them (opencensus, opentelemetry). */
function isComplete(path: string): boolean {
  if (path in protobuf.common) return true;
  const file = find(path);
  return file !== undefined && importsOf(readFileSync(file, 'utf8')).every(isComplete);
}

const importsOf = (proto: string): string[] =>
  [...proto.matchAll(/^import (?:public )?"(.+)";/gm)].map(([, path = '']) => path);

/** Of what is configuration; the API's other folders (admin, service) are what Envoy says and is told at run time. */
const files = ['envoy/config', 'envoy/extensions', 'envoy/type'].flatMap((folder) =>
  readdirSync(join(envoy, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\/v3\/[^/]+\.proto$/.test(path))
    .map((path) => `${folder}/${path}`)
    .filter(isComplete),
);

const api = new protobuf.Root();
api.resolvePath = (_origin, target) => find(target) ?? target;
api.loadSync(files, { keepCase: true });

/** What JSON has in place of a message or a scalar (https://protobuf.dev/programming-guides/json). */
const inJson: Readonly<Record<string, string>> = {
  'google.protobuf.Any': 'Any',
  'google.protobuf.Duration': '`${number}s`',
  'google.protobuf.Timestamp': 'string',
  'google.protobuf.FieldMask': 'string',
  'google.protobuf.Struct': '{ readonly [field: string]: Json }',
  'google.protobuf.Value': 'Json',
  'google.protobuf.ListValue': 'readonly Json[]',
  'google.protobuf.Empty': 'Record<string, never>',
  'google.protobuf.BoolValue': 'boolean',
  'google.protobuf.StringValue': 'string',
  'google.protobuf.BytesValue': 'string',
  ...Object.fromEntries(
    ['Double', 'Float', 'Int32', 'UInt32', 'Int64', 'UInt64'].map((name) => [
      `google.protobuf.${name}Value`,
      'number',
    ]),
  ),
  bool: 'boolean',
  string: 'string',
  bytes: 'string',
};

/** Fields that Envoy 1.40 has, and the files, which are of an older one, have not. */
const newer: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'envoy.config.core.v3.HttpProtocolOptions': { max_response_headers_kb: 'number' },
  'envoy.config.core.v3.Http1ProtocolOptions': {
    ignore_http_11_upgrade: 'readonly envoy_type_matcher_v3_StringMatcher[]',
  },
  'envoy.extensions.common.dynamic_forward_proxy.v3.DnsCacheConfig': {
    resolved_address_filter: '{ readonly ranges: readonly envoy_config_core_v3_CidrRange[] }',
  },
};

const nameOf = (object: ReflectionObject): string => object.fullName.slice(1);
const identifierOf = (object: ReflectionObject): string => nameOf(object).replaceAll('.', '_');

function single({ type, resolvedType }: Field): string {
  if (resolvedType === null) return inJson[type] ?? 'number';
  if (resolvedType instanceof Enum) return Object.keys(resolvedType.values).map(quoted).join(' | ');
  return inJson[nameOf(resolvedType)] ?? identifierOf(resolvedType);
}

function typeOf(field: Field): string {
  if (field instanceof MapField) return `{ readonly [key: string]: ${single(field)} }`;
  return field.repeated ? `ReadonlyArray<${single(field)}>` : single(field);
}

const quoted = (text: string): string => `'${text}'`;

const messagesWithin = (namespace: NamespaceBase): Type[] =>
  namespace.nestedArray.flatMap((object) => [
    ...(object instanceof Type ? [object] : []),
    ...(object instanceof Namespace ? messagesWithin(object) : []),
  ]);

function declarationOf(message: Type): string {
  const fields = [
    ...message.fieldsArray.map((field) => [field.name, typeOf(field)]),
    ...Object.entries(newer[nameOf(message)] ?? {}),
  ].map(([name, type]) => `  readonly ${name}?: ${type};\n`);
  return fields.length === 0
    ? `type ${identifierOf(message)} = ${inJson['google.protobuf.Empty']};\n`
    : `interface ${identifierOf(message)} {\n${fields.join('')}}\n`;
}

const messages = messagesWithin(api).filter((message) => !nameOf(message).startsWith('google.protobuf.'));

writeFileSync(
  join(root, 'proxy/envoy-api.ts'),
  `// Written by tools/envoy-api.ts.

type Json = string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json };

/** A message of a type that its receiver finds by name. */
export interface Any {
  readonly '@type': string;
}

/** The messages of Envoy's API by their full names. */
export interface Messages {
${messages.map((message) => `  '${nameOf(message)}': ${identifierOf(message)};\n`).join('')}}

${messages.map(declarationOf).join('\n')}`,
);
