import { isAlias, type ParsedNode } from 'yaml';
import { OfflineError } from './offline-error.ts';
import { fieldOf } from './pointer.ts';

/**
 * A change below an alias, or below an anchor that aliases refer to, would land in every one of these places.
 *
 * @throws OfflineError where `node` is such; `path`, a JSON Pointer, names it
 */
export function refuseShared(anchors: ReadonlySet<string>, node: ParsedNode | null, path: string): void {
  if (isAlias(node)) {
    throw new OfflineError(
      'shared',
      `${fieldOf(path)}: is the alias *${node.source}: write out what it stands for`,
    );
  }
  const anchor = node?.anchor;
  if (anchor !== undefined && anchors.has(anchor)) {
    const problem = `${fieldOf(path)}: its anchor &${anchor} is used elsewhere, where the change would land too`;
    throw new OfflineError('shared', `${problem}: write out what the aliases stand for`);
  }
}

export function refuseMerged(path: string): never {
  throw new OfflineError('shared', `${fieldOf(path)}: comes by a merge key: write it out`);
}
