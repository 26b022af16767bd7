import type { Family } from '../../settings/cidr.ts';
import { familiesOfHost, familiesOfLinks, type Interfaces } from '../../settings/host-families.ts';
import type { Settings } from '../../settings/settings.ts';
import { InitError } from '../init-error.ts';
import { closesOthers } from '../rules/rules.ts';

/** A family that is not captured, and why. */
export interface OpenFamily {
  readonly family: Family;
  readonly reason: string;
}

/**
 * The family without which a run that failed may be tried again; undefined where the failure stands. A pod in which
 * one family is captured and another one is open looks redirected and is not, so it fails:
 *
 * | the family that cannot be captured | `allow-uncaptured-family` | becomes           |
 * | ---------------------------------- | ------------------------- | ----------------- |
 * | the pod has an address of it       | no                        | a failure         |
 * | the pod has an address of it       | yes                       | left open         |
 * | the pod has no address of it       | either                    | left open         |
 * | the only one                       | either                    | a failure         |
 */
export function dispensable(
  { code, family }: InitError,
  asked: readonly Family[],
  ofHost: readonly Family[],
  allowed: boolean,
): Family | undefined {
  if (code === 'usage' || code === 'proxy-not-ready') return undefined;
  if (family === undefined || !asked.includes(family) || asked.length === 1) return undefined;
  return allowed || !ofHost.includes(family) ? family : undefined;
}

/**
 * {@link dispensable} for the families of a run, of which `captured` are not just closed. In a pod whose families are
 * closed, one that reaches no farther than the link is not left open either.
 */
export function mayBeLeft(settings: Settings, captured: readonly Family[], interfaces: Interfaces) {
  const ofHost = closesOthers(settings) ? familiesOfLinks(interfaces) : familiesOfHost(interfaces);
  return (error: unknown, families: readonly Family[]): Family | undefined => {
    if (!(error instanceof InitError)) return undefined;
    const others = families.filter((family) => captured.includes(family) && family !== error.family);
    return others.length === 0
      ? undefined
      : dispensable(error, families, ofHost, settings.allowUncapturedFamily);
  };
}

/** Runs `work` for the families that are `asked` for, and again without each that may be left open and has to be. */
export async function withoutUncapturable<T>(
  asked: readonly Family[],
  mayBeLeft: (error: unknown, families: readonly Family[]) => Family | undefined,
  work: (families: readonly Family[]) => Promise<T>,
): Promise<{ readonly result: T; readonly open: readonly OpenFamily[] }> {
  const open: OpenFamily[] = [];
  for (let families = asked; ; ) {
    try {
      return { result: await work(families), open };
    } catch (error) {
      const family = mayBeLeft(error, families);
      if (family === undefined) throw error;
      open.push({ family, reason: (error as Error).message });
      families = families.filter((one) => one !== family);
    }
  }
}
