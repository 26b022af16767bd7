import type { Family } from '../settings/cidr.ts';
import { describeFinding, type Finding } from '../settings/lint/finding.ts';
import type { Output } from './flags.ts';
import { InitError, type InitErrorCode } from './init-error.ts';
import type { Environment } from './options.ts';

/** What is told on stderr, beside the report on stdout. */
export type Notice =
  | (Finding & { readonly level: 'warning'; readonly message: string })
  | {
      readonly level: 'error';
      /** `unexpected` is a defect of this program. */
      readonly code: InitErrorCode | 'unexpected';
      readonly message: string;
      readonly family?: Family;
    };

export const warningOf = (finding: Finding): Notice => ({
  level: 'warning',
  message: describeFinding(finding),
  ...finding,
});

/** One for each bad value, and one for all that there is to say of another failure. */
export function noticesOf(error: unknown): readonly Notice[] {
  if (!(error instanceof InitError)) {
    const message = String(error instanceof Error ? error.stack : error);
    return [{ level: 'error', code: 'unexpected', message }];
  }
  const { code, message, family } = error;
  const messages = code === 'usage' ? message.split('\n') : [message];
  return messages.map((one) => ({
    ...({ level: 'error', code, message: one } as const),
    ...(family !== undefined && { family }),
  }));
}

/** As JSON always one line. */
export function noticeText(notice: Notice, output: Output): string {
  if (output === 'json') return JSON.stringify(notice);
  return notice.level === 'warning' ? `warning: ${notice.message}` : notice.message;
}

/** The output that is asked for, by flag before variable, told before all options are read: they may be what is wrong. */
export function askedOutput(args: readonly string[], env: Environment): Output {
  const flags = args.flatMap((arg, index) =>
    arg === '--output' ? (args[index + 1] ?? []) : (/^--output=(.*)$/s.exec(arg)?.slice(1) ?? []),
  );
  return (flags.at(-1) ?? env.OUTRIDER_OUTPUT) === 'json' ? 'json' : 'text';
}
