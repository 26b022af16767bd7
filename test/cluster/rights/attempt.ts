import type { BodyType } from '../../../webhook/cluster/api.ts';
import type { mayAnywhere } from './allowed.ts';

/** Something that somebody would try who has got hold of a token, and in which words it is refused. */
export interface Attempt {
  /** Completes "does not let who has it …". */
  readonly what: string;
  /** The one account; absent: each of them. */
  readonly by?: keyof typeof mayAnywhere;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly type?: BodyType;
  readonly refused: string;
}

export const system = '/api/v1/namespaces/outrider-system';
export const registration = '/apis/admissionregistration.k8s.io/v1';
export const webhookConfiguration = `${registration}/mutatingwebhookconfigurations/outrider-webhook`;
export const patch = { method: 'PATCH', type: 'merge-patch+json' } as const;
export const named = (name: string, more: object = {}): object => ({ metadata: { name }, ...more });

/** Attempts of the one account alone. */
export const of = (by: keyof typeof mayAnywhere, list: readonly Attempt[]): readonly Attempt[] =>
  list.map((one) => ({ ...one, by }));
