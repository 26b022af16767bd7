import { valueAt } from '../admission/pod-holders.ts';
import { openApi } from './api.ts';
import type { Connection } from './load-kube-config.ts';

/** @throws ApiError */
export async function readNamespaceNames(connection: Connection): Promise<readonly string[]> {
  const namespaces = await openApi(connection).list('/api/v1/namespaces');
  return namespaces.map((namespace) => String(valueAt(namespace, ['metadata', 'name'])));
}
