import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { valueAt } from '../../../webhook/admission/pod-holders.ts';
import { type Api, openApi } from '../../../webhook/cluster/api.ts';
import type { Cluster } from '../cluster.ts';

/** The API server, by the token of a service account that somebody has got hold of. */
export interface Account {
  readonly api: Api;
  /** Path of a kubeconfig that has the token, and no other credential. */
  readonly kubeconfig: string;
  dispose(): Promise<void>;
}

/** @param admin who may make tokens. */
export async function becomeAccount(
  { kubeconfig }: Pick<Cluster, 'kubeconfig'>,
  admin: Api,
  name: string,
): Promise<Account> {
  const path = `/api/v1/namespaces/outrider-system/serviceaccounts/${name}/token`;
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const token = valueAt(await admin.send('POST', path, request), ['status', 'token']);
  const config = parse(await readFile(kubeconfig, 'utf8'));
  const users = config.users.map((user: object) => ({ ...user, user: { token } }));
  const folder = await mkdtemp(join(tmpdir(), 'outrider-account-'));
  const own = join(folder, 'kubeconfig');
  await writeFile(own, stringify({ ...config, users }), { mode: 0o600 });
  return {
    api: openApi({ kubeconfig: own }),
    kubeconfig: own,
    dispose: () => rm(folder, { recursive: true }),
  };
}
