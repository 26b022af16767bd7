import type { Seen } from './probe.ts';
import type { Listening } from './socket-table.ts';

/**
 * What is most often behind a path that is not as the rules should make it. `captor` is the proxy's port that should
 * have had the connection; undefined where none should.
 */
export function likelyCause(seen: Seen, captor: number | undefined, listening: Listening): string {
  if (captor !== undefined && !listening.possible.has(captor)) return `nothing listens on ${captor}`;
  switch (seen.kind) {
    case 'wire':
      return 'a rule of others lets it go before ours see it (nft list ruleset, chains of type nat at OUTPUT)';
    case 'taken':
      return captor === undefined
        ? `a rule of others redirects it to ${seen.port} (nft list ruleset)`
        : `a rule of others redirects or accepts it before ours see it (nft list ruleset)`;
    case 'refused':
      return 'a rule of others rejects it, or lets it go before ours see it (nft list ruleset)';
    case 'silent':
      return 'a rule of others drops it (nft list ruleset: chains at INPUT, OUTPUT and PREROUTING)';
    case 'failed':
      return 'a rule of others rejects it, or a route of the pod does';
    case 'vanished':
    case 'impossible':
      return 'whoever took it closed it too soon to be told';
  }
}
