import { InitError } from '../init-error.ts';
import { run } from '../iptables/kernel.ts';
import { type NftTable, readTable } from './read-table.ts';
import { tableName } from './script.ts';

/**
 * Reads our table; undefined when there is none.
 * @throws InitError `tool-missing` or `refused`
 */
export async function readOurTable(): Promise<NftTable | undefined> {
  try {
    return readTable(await run('inet', { command: 'nft', args: ['-j', 'list', 'table', 'inet', tableName] }));
  } catch (error) {
    if (error instanceof InitError && error.message.includes('No such file or directory')) return undefined;
    throw error;
  }
}
