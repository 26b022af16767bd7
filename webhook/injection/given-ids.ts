/** The user ids that OpenShift gives to a namespace, for the pods of which it refuses all others. */
export interface GivenIds {
  readonly first: number;
  readonly last: number;
  /** What containers get that ask for no user, and pods that ask for no group: never the proxy's. */
  readonly defaults: readonly number[];
}

export type ParsedIds =
  | { readonly ok: true; readonly ids: GivenIds | undefined }
  | { readonly ok: false; readonly problems: readonly string[] };

const userRange = 'openshift.io/sa.scc.uid-range';
const groupRanges = 'openshift.io/sa.scc.supplemental-groups';

/** 2^32 - 1 means "no user" to the kernel. */
const lastId = 4294967294;

/**
 * Reads the annotations of a namespace by which OpenShift's security context constraints choose ids: one block of
 * users, and blocks of groups (github.com/openshift/apiserver-library-go, pkg/securitycontextconstraints).
 */
export function parseGivenIds(annotations: Readonly<Record<string, string>>): ParsedIds {
  const users = annotations[userRange];
  if (users === undefined) return { ok: true, ids: undefined };
  const groups = annotations[groupRanges];
  const block = parseBlock(users);
  const blocks = (groups?.split(',') ?? []).map(parseBlock);
  if (block !== undefined && !blocks.includes(undefined)) {
    const defaults = [block, ...blocks].flatMap((one) => one?.first ?? []);
    return { ok: true, ids: { ...block, defaults } };
  }
  return {
    ok: false,
    problems: [
      ...(block === undefined ? [malformed(userRange, users)] : []),
      ...(blocks.includes(undefined) ? [malformed(groupRanges, groups ?? '')] : []),
    ],
  };
}

function malformed(name: string, text: string): string {
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  return `namespace annotation ${name}: ${shown} is not valid: expected first/count or first-last, such as 1000650000/10000`;
}

function parseBlock(text: string): { first: number; last: number } | undefined {
  const [, from = '', sign, to = ''] = /^([0-9]{1,10})([/-])([0-9]{1,10})$/.exec(text.trim()) ?? [];
  const first = Number(from);
  const last = sign === '/' ? first + Number(to) - 1 : Number(to);
  return sign !== undefined && last >= first && last <= lastId ? { first, last } : undefined;
}

export const noneIsFree = ({ first, last }: GivenIds): string =>
  `namespace annotation ${userRange}: no user id from ${first} to ${last} is left for the proxy; widen it`;
