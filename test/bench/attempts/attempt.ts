import type { BootstrapInput } from '../../../proxy/bootstrap.ts';
import type { Edit } from '../bootstrap-edits.ts';

/** What is changed about a proxy. */
export interface Change {
  readonly input?: Partial<BootstrapInput>;
  readonly edit?: Edit;
  readonly concurrency?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Bytes or HTTP over kept connections; or bytes, with a connection for each request. */
export type Traffic = 'bytes' | 'HTTP' | 'short';

/** Something that might make a hop cheaper. */
export interface Attempt {
  readonly what: string;
  readonly on: readonly Traffic[];
  readonly change: Change;
  /** What it is compared to, where that is not the proxy as it is. */
  readonly base?: Change;
  /** What came of it, and why. */
  readonly verdict: string;
}
