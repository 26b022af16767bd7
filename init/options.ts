import { describeError, type Layer, parseSettings, type SettingError } from '../settings/parse.ts';
import { defaults, type Settings } from '../settings/settings.ts';
import {
  type CommandName,
  type RunOptions,
  runFlagsOf,
  settingFlags,
  takesSettings,
  variableOf,
} from './flags.ts';
import { InitError } from './init-error.ts';

/** What a run is asked to do. `settings` are the defaults for a command that takes none. */
export interface Options extends RunOptions {
  readonly settings: Settings;
  /** Where the settings come from that are not the defaults, by key. */
  readonly origins: Origins;
}

/** `name` as its user wrote it: `--proxy-uid`, `OUTRIDER_PROXY_UID`; in `OUTRIDER_CONFIG` it is the key. */
export interface Origin {
  readonly source: 'flag' | 'variable' | 'OUTRIDER_CONFIG';
  readonly name: string;
}

export type Origins = ReadonlyMap<string, Origin>;

export type Environment = Readonly<Record<string, string | undefined>>;

type Values = Layer['values'];

/**
 * Reads the options of one command: flag before variable before `OUTRIDER_CONFIG` before default. `flags` maps keys
 * (without dashes) to texts.
 * @throws InitError `usage`, with one line for every bad value of all of them
 */
export function parseOptions(
  command: CommandName,
  flags: ReadonlyMap<string, string>,
  env: Environment,
): Options {
  const run = parseRunOptions(command, flags, env);
  const keys = settingFlags.map(({ key }) => key);
  const config = takesSettings(command) ? configLayer(env.OUTRIDER_CONFIG) : { values: [], errors: [] };
  const layers = [
    { source: 'OUTRIDER_CONFIG', values: config.values },
    { source: 'variable', values: takesSettings(command) ? fromVariables(keys, env) : [] },
    { source: 'flag', values: fromFlags(keys, flags) },
  ] as const;
  const settings = parseSettings(layers, ['annotation', 'command'], ['rules']);
  const errors = [...config.errors, ...(settings.ok ? [] : settings.errors), ...run.errors];
  if (errors.length > 0) throw new InitError('usage', errors.map(describeError).join('\n'));
  // A later layer takes the place of an earlier one.
  const origins = new Map(
    layers.flatMap(({ source, values }) => values.map(({ key, name }) => [key, { source, name }] as const)),
  );
  return { settings: settings.ok ? settings.settings : defaults, origins, ...run.options };
}

function parseRunOptions(command: CommandName, flags: ReadonlyMap<string, string>, env: Environment) {
  let options: RunOptions = {
    waitProxy: 0,
    wait: 5,
    backend: 'auto',
    output: 'text',
    dryRun: false,
    validate: false,
  };
  const errors: SettingError[] = [];
  for (const { key, option, parse } of runFlagsOf(command)) {
    const given = [
      ...fromVariables([key], env).map((value) => ({ source: 'variable', ...value })),
      ...fromFlags([key], flags).map((value) => ({ source: 'flag', ...value })),
    ];
    for (const { source, name, text } of given) {
      const result = parse(text);
      if (result.ok) options = { ...options, [option]: result.value };
      else errors.push({ source, name, text, expected: result.expected });
    }
  }
  return { options, errors };
}

const fromVariables = (keys: readonly string[], env: Environment): Values =>
  keys.flatMap((key) => {
    const text = env[variableOf(key)];
    return text === undefined || isServiceLink(text) ? [] : [{ key, name: variableOf(key), text }];
  });

/** For a Service named `outrider-inbound` the kubelet sets OUTRIDER_INBOUND_PORT=tcp://10.0.0.1:80 in every container. */
const isServiceLink = (text: string): boolean => /^(tcp|udp|sctp):\/\//.test(text);

const fromFlags = (keys: readonly string[], flags: ReadonlyMap<string, string>): Values =>
  keys.flatMap((key) => {
    const text = flags.get(key);
    return text === undefined ? [] : [{ key, name: `--${key}`, text }];
  });

/** `{"outbound-port":"15001"}`: the keys of the settings' table, and texts. */
function configLayer(text: string | undefined): { values: Values; errors: readonly SettingError[] } {
  if (text === undefined) return { values: [], errors: [] };
  const wanted = 'a JSON object of texts, such as {"outbound-port":"15001"}';
  const config = parseJson(text);
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    return { values: [], errors: [{ source: 'variable', name: 'OUTRIDER_CONFIG', text, expected: wanted }] };
  }
  const values: { key: string; name: string; text: string }[] = [];
  const errors: SettingError[] = [];
  for (const [key, value] of Object.entries(config)) {
    if (typeof value === 'string') values.push({ key, name: key, text: value });
    else
      errors.push({ source: 'OUTRIDER_CONFIG', name: key, text: JSON.stringify(value), expected: 'a text' });
  }
  return { values, errors };
}

/** undefined stands for a text that is not JSON, since no JSON text means it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
