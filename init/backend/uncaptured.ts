import type { Family } from '../../settings/cidr.ts';
import type { InitError } from '../init-error.ts';

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
