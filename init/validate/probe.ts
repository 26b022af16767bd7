import type { Family } from '../../settings/cidr.ts';
import type { Connection } from '../trace/path.ts';

/** What a path is called in reports. */
export type PathName =
  | 'out'
  | 'in'
  | 'localhost'
  | 'own-address'
  | 'self-call'
  | 'proxy-out'
  | 'passthrough'
  | 'excluded-owner'
  | 'excluded-interface'
  | 'virtual-interface'
  | 'drop-invalid'
  | 'cage';

/** One path that the settings ask for; `setting` is the key and the item that it proves, where it proves one. */
export interface Subject {
  readonly family: Family;
  readonly path: PathName;
  readonly setting?: string;
}

/** To the proxy, on either side, or as it was made. */
export type Expected = 'outbound' | 'inbound' | 'direct';

/** A connection that is to be made, and where the rules would take it. */
export interface Probe extends Subject {
  readonly connection: Connection;
  readonly expected: Expected;
}

export interface Unprovable extends Subject {
  readonly reason: string;
}

/** What became of a connection. */
export type Seen =
  /** A socket of this pod took it: the one that has this port. */
  | { readonly kind: 'taken'; readonly port: number }
  /** It left the pod, or would have: it came to the far end of the wire as it was made. */
  | { readonly kind: 'wire' }
  | { readonly kind: 'refused' }
  /** Nothing came of it for as long as was waited. */
  | { readonly kind: 'silent' }
  /** Some socket accepted it, and was gone before it could be told which. */
  | { readonly kind: 'vanished' }
  /** The kernel did not even begin. */
  | { readonly kind: 'failed'; readonly error: string }
  /** It could not be made here, which says nothing about the rules. */
  | { readonly kind: 'impossible'; readonly reason: string };

/** What is known of one path in the end. */
export type Proof = Subject & {
  /** For a person; absent where there was none to make. */
  readonly connection?: string;
} & (
    | { readonly outcome: 'proven'; readonly seen: string }
    | {
        readonly outcome: 'failed';
        readonly expected: string;
        readonly seen: string;
        readonly cause: string;
      }
    | { readonly outcome: 'unprovable'; readonly reason: string }
  );
