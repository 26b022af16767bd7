import { nearest } from './nearest.ts';
import { defaults, type Settings } from './settings.ts';
import { type Scope, type Shapes, table } from './table.ts';

/** Texts from one place, such as a pod's annotations: `key` as in the table, `name` as its user wrote it. */
export interface Layer {
  readonly source: string;
  readonly values: readonly { readonly key: string; readonly name: string; readonly text: string }[];
}

/** One thing wrong with one text. */
export interface SettingError {
  readonly source: string;
  readonly name: string;
  readonly text: string;
  readonly expected: string;
}

export type ParsedSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly errors: readonly SettingError[] };

/** A hint costs a comparison with every key. Nobody misspells so many; a hostile pod would, to keep us busy. */
const mostHints = 20;

/**
 * Parses all layers, weakest first, over the defaults. Every error of every layer comes back at once. A key
 * outside `scopes` and `shapes`, or outside the table, is an error that names the nearest key there is.
 */
export function parseSettings(
  layers: readonly Layer[],
  scopes: readonly Scope[],
  shapes: readonly Shapes[] = ['rules', 'proxy'],
): ParsedSettings {
  const known = table.filter((one) => scopes.includes(one.scope) && shapes.includes(one.shapes));
  const keys = known.map(({ key }) => key);
  const errors: SettingError[] = [];
  const values: Record<string, unknown> = {};
  const given = new Map<string, { source: string; name: string; text: string }>();
  const failed = new Set<string>();
  for (const { source, values: texts } of layers) {
    for (const { key, name, text } of texts) {
      const setting = known.find((one) => one.key === key);
      if (setting === undefined) {
        // A name ends with its key: `outrider.io/proxy-uid`, `--proxy-uid`.
        const before = name.slice(0, name.length - key.length);
        const hint = errors.length < mostHints ? `: did you mean ${before}${nearest(key, keys)}?` : '';
        errors.push({ source, name, text, expected: `a known setting${hint}` });
        continue;
      }
      const result = setting.parse(text);
      if (result.ok) {
        values[setting.field] = result.value;
        given.set(setting.field, { source, name, text });
      } else {
        failed.add(setting.field);
        errors.push({ source, name, text, expected: result.expected });
      }
    }
  }
  const settings = { ...defaults, ...values } as Settings;
  errors.push(...contradictions(settings, given, failed));
  return errors.length === 0 ? { ok: true, settings } : { ok: false, errors };
}

type Given = ReadonlyMap<string, { source: string; name: string; text: string }>;

/**
 * What each value allows and their combination does not; nothing is known of a field that `failed` to parse.
 * Kubernetes itself refuses a request above its limit.
 */
function contradictions(settings: Settings, given: Given, failed: ReadonlySet<string>): SettingError[] {
  const errors: SettingError[] = [];
  const blame = (fields: (keyof Settings)[], expected: string): void => {
    if (fields.some((field) => failed.has(field))) return;
    for (const at of fields.flatMap((field) => given.get(field) ?? []).slice(0, 1))
      errors.push({ ...at, expected });
  };
  const { proxyCpu, proxyCpuLimit, proxyMemory, proxyMemoryLimit, inboundPort, outboundPort } = settings;
  const { proxyEphemeralStorage: storage, proxyEphemeralStorageLimit: storageLimit } = settings;
  if (proxyCpu.value > proxyCpuLimit.value) {
    blame(
      ['proxyCpu', 'proxyCpuLimit'],
      `a CPU request (${proxyCpu.text}) not above the limit (${proxyCpuLimit.text})`,
    );
  }
  if (proxyMemory.value > proxyMemoryLimit.value) {
    blame(
      ['proxyMemory', 'proxyMemoryLimit'],
      `a memory request (${proxyMemory.text}) not above the limit (${proxyMemoryLimit.text})`,
    );
  }
  if (storage !== undefined && storageLimit !== undefined && storage.value > storageLimit.value) {
    blame(
      ['proxyEphemeralStorage', 'proxyEphemeralStorageLimit'],
      `an ephemeral storage request (${storage.text}) not above the limit (${storageLimit.text})`,
    );
  }
  if (inboundPort === outboundPort)
    blame(['inboundPort', 'outboundPort'], 'different ports for inbound and outbound');
  return errors;
}

/** One line for a person: where, which key, which value, what was expected. */
export function describeError({ source, name, text, expected }: SettingError): string {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return `${source} ${name}: ${JSON.stringify(shown)} is not valid: expected ${expected}`;
}
