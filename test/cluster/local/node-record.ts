import { readFile, writeFile } from 'node:fs/promises';
import type { Families } from '../cluster.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What outlives the process that raised the node. */
export interface NodeRecord {
  readonly families: Families;
  /** The process that owns the node's namespaces: with it, everything in them ends. */
  readonly namespaces: ProcessIdentity;
  /** By name; empty until the node is up. */
  readonly components: Readonly<Record<string, ProcessIdentity>>;
}

export async function readRecord(path: string): Promise<NodeRecord | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as NodeRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function writeRecord(path: string, record: NodeRecord): Promise<void> {
  await writeFile(path, `${JSON.stringify(record, null, 2)}\n`);
}
