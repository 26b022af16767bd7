import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { WantedNames } from '../completion/complete.ts';
import { contextsOf } from '../completion/contexts.ts';

/** How long somebody who types waits for a cluster. */
const patienceMilliseconds = 2000;

/** The names that could be meant. None where they cannot be had in time: a shell has no place for errors. */
export async function findNames({ of, ...connection }: WantedNames): Promise<readonly string[]> {
  if (of === 'context') return contextsOf(await readKubeconfigs(connection.kubeconfig));
  const { readNamespaceNames } = await import('../cluster/namespace-names.ts');
  const late = new Promise<readonly string[]>((resolve) => {
    setTimeout(() => resolve([]), patienceMilliseconds).unref();
  });
  return await Promise.race([readNamespaceNames(connection).catch(() => []), late]);
}

/** As kubectl looks for them, without the client, whose start takes a second. */
function readKubeconfigs(given: string | undefined): Promise<string[]> {
  const { KUBECONFIG = '' } = process.env;
  const listed = KUBECONFIG.split(delimiter).filter((path) => path !== '');
  const fallback = listed.length > 0 ? listed : [join(homedir(), '.kube/config')];
  const paths = given === undefined ? fallback : [given];
  return Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')));
}
