import { expected, type Parsed, parsed } from '../settings/result.ts';
import { table } from '../settings/table.ts';
import { type BackendChoice, backends } from './backend/backend.ts';
import { type TraceFlag, type TraceOptions, traceFlags } from './trace/flags.ts';

export type CommandName = 'apply' | 'verify' | 'cleanup' | 'explain' | 'trace';
export type Output = 'text' | 'json';

/** How a run goes about its work, beside the settings. */
export interface RunOptions extends TraceOptions {
  /** Seconds to wait for the proxy; 0 not at all. */
  readonly waitProxy: number;
  /** Seconds to wait for another run, and for the lock of xtables. */
  readonly wait: number;
  /** What writes the rules. */
  readonly backend: BackendChoice;
  readonly output: Output;
  readonly dryRun: boolean;
  /** Whether connections are to prove the rules. */
  readonly validate: boolean;
}

export interface Flag {
  readonly key: string;
  /** What the help calls the value; undefined for a flag that stands alone. */
  readonly value: string | undefined;
  readonly help: string;
  /** May be given several times, for a list. */
  readonly repeatable?: true;
}

/** A flag that is not a setting. */
export interface RunFlag<
  O extends Exclude<keyof RunOptions, keyof TraceOptions> = Exclude<keyof RunOptions, keyof TraceOptions>,
> extends Flag {
  readonly option: O;
  readonly commands: readonly CommandName[];
  readonly parse: (text: string) => Parsed<RunOptions[O]>;
}

const parseYes = (text: string): Parsed<boolean> =>
  text === 'true' || text === 'false' ? parsed(text === 'true') : expected('one of true, false');

const runFlags: readonly RunFlag[] = [
  {
    key: 'wait-proxy',
    option: 'waitProxy',
    value: 'seconds',
    commands: ['apply'],
    help: 'wait this long for the proxy to be ready (default 0: do not wait)',
    parse: (text) =>
      /^[0-9]{1,4}(\.[0-9]{1,3})?$/.test(text)
        ? parsed(Number(text))
        : expected('seconds, such as 60 or 0.5'),
  },
  {
    key: 'wait',
    option: 'wait',
    value: 'seconds',
    commands: ['apply', 'cleanup'],
    help: 'wait this long for another run to end, and for the lock of xtables (default 5)',
    parse: (text) =>
      /^[0-9]{1,4}$/.test(text) ? parsed(Number(text)) : expected('whole seconds, such as 5'),
  },
  {
    key: 'backend',
    option: 'backend',
    value: 'name',
    commands: ['apply', 'verify'],
    help: 'auto (default), nft or legacy (iptables of that name), or nftables',
    parse: (text) =>
      text === 'auto' || backends.some((one) => one === text)
        ? parsed(text as BackendChoice)
        : expected('one of auto, nft, legacy, nftables'),
  },
  {
    key: 'dry-run',
    option: 'dryRun',
    value: undefined,
    commands: ['apply', 'cleanup'],
    help: 'print what would be run, and change nothing',
    parse: parseYes,
  },
  {
    key: 'validate',
    option: 'validate',
    value: undefined,
    commands: ['apply'],
    help: 'prove the rules by connections inside this network namespace; a path that fails is exit code 6',
    parse: parseYes,
  },
  {
    key: 'output',
    option: 'output',
    value: 'format',
    commands: ['apply', 'verify', 'cleanup', 'explain', 'trace'],
    help: 'text (default) or json',
    parse: (text) => (text === 'text' || text === 'json' ? parsed(text) : expected('one of text, json')),
  },
];

/** cleanup goes by what the kernel holds, and so takes no settings. */
export const takesSettings = (command: CommandName): boolean => command !== 'cleanup';

export const runFlagsOf = (command: CommandName): readonly (RunFlag | TraceFlag)[] => [
  ...(command === 'trace' ? traceFlags : []),
  ...runFlags.filter(({ commands }) => commands.includes(command)),
];

/** The flags that are settings: those that shape the rules. */
export const settingFlags: readonly Flag[] = table
  .filter(({ shapes }) => shapes === 'rules')
  .map(({ key, help }) => ({ key, value: 'value', help }));

/** `exclude-outbound-cidrs` → `OUTRIDER_EXCLUDE_OUTBOUND_CIDRS`. */
export const variableOf = (key: string): string => `OUTRIDER_${key.toUpperCase().replaceAll('-', '_')}`;
