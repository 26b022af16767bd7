import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Family } from '../settings/cidr.ts';
import { InitError } from './init-error.ts';
import { type Command, type FamilyState, planUndo, program, type Step, type Variant } from './plan.ts';
import { parseRouting, routingQuery } from './routing.ts';
import { parseSavedState } from './saved-state.ts';

/** The only file that talks to the kernel, through iptables and ip. */

/**
 * Reads what the kernel holds of ours. Routes of ours are looked for where they are `expected`, and where there are
 * rules of ours that need them: to look costs a process.
 * @throws InitError `tool-missing`, `family-missing` (this kernel has no IPv6) or `refused`
 */
export function readState(
  family: Family,
  expected: 'routing' | 'no-routing',
  variant: Variant = '',
): FamilyState {
  const passthroughAddress = family === 'ipv4' || hasPassthroughAddress();
  const saved = parseSavedState(run(family, { command: program(family, variant, 'save'), args: [] }));
  const look = expected === 'routing' || saved.chains.includes('OUTRIDER_IN_TPROXY');
  const routing = look ? readRouting(family) : { routingRules: 0, route: false };
  return { family, variant, passthroughAddress, ...saved, ...routing };
}

function readRouting(family: Family): ReturnType<typeof parseRouting> {
  const args = ['-N', ...(family === 'ipv6' ? ['-6'] : []), '-batch', '-'];
  return parseRouting(run(family, { command: 'ip', args, input: routingQuery }));
}

/** /proc/net/if_inet6 lists address (32 hexadecimal digits), index, prefix length, scope, flags and interface. */
function hasPassthroughAddress(): boolean {
  try {
    return /^0{31}6 .* lo$/m.test(readFileSync('/proc/net/if_inet6', 'utf8'));
  } catch (cause) {
    throw new InitError('family-missing', 'ipv6: this kernel has no IPv6', { cause });
  }
}

/**
 * Runs the steps in order. When one is refused, all families are led back to how they were `before`: what is there of
 * ours is read again, since the refused step may have changed some of its tables.
 * @throws InitError `tool-missing` or `refused`, with the tool's own words
 */
export function runSteps(steps: readonly Step[], before: readonly FamilyState[], lockWait: number): void {
  try {
    for (const step of steps) run(step.family, step);
  } catch (cause) {
    if (!(cause instanceof InitError)) throw cause;
    const outcomes = before.flatMap((state) => rollBack(state, lockWait));
    throw new InitError(cause.code, [cause.message, ...outcomes].join('\n'), { cause });
  }
}

function rollBack(before: FamilyState, lockWait: number): readonly string[] {
  const { family } = before;
  try {
    const steps = planUndo(before, readState(family, 'routing', before.variant), lockWait);
    for (const step of steps) run(family, step);
    return steps.map(({ command }) => `${family}: rolled back: ${command}`);
  } catch (error) {
    return [`not rolled back: ${(error as Error).message}`];
  }
}

/** Runs one command and gives its standard output. */
export function run(family: Step['family'], { command, args, input = '' }: Command): string {
  const { error, status, signal, stdout, stderr } = spawnSync(command, args, { input, encoding: 'utf8' });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') {
    throw new InitError('tool-missing', `${family}: ${command} is not installed`, { cause: error });
  }
  if (status === 0) return stdout;
  const outcome = error?.message ?? (signal === null ? `exit code ${status}` : signal);
  throw new InitError('refused', `${family}: ${command} failed: ${stderr.trim() || outcome}`, {
    cause: error,
  });
}
