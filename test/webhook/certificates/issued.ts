import type { Authority } from '../../../webhook/certificates/authority.ts';
import { issueAuthority, issueServing } from '../../../webhook/certificates/issue.ts';
import type { Serving } from '../../../webhook/certificates/serving.ts';

export const names = ['outrider-webhook.outrider-system.svc', 'localhost'];
export const start = new Date('2026-03-01T12:00:00Z');

const minute = 60_000;
const day = 24 * 60 * minute;
export const year = 365 * day;
export const week = 7 * day;

export const minutes = (count: number): Date => new Date(start.getTime() + count * minute);
export const days = (count: number): Date => new Date(start.getTime() + count * day);

/** A certificate for a week from `at` on, by the CA, as it is stored. */
export const serve = (authority: Authority, at = start, life = week): Serving => ({
  ...issueServing(authority, names, life, at),
  authorities: authority.certificate,
});

export const authority = (at = start, life = year): Authority => issueAuthority(life, at);
