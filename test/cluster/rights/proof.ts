import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import type { JsonObject } from '../../../webhook/admission/json.ts';
import { valueAt } from '../../../webhook/admission/pod-holders.ts';
import { type Api, openApi } from '../../../webhook/cluster/api.ts';
import type { Cluster } from '../cluster.ts';
import { until } from '../polling.ts';
import { type Account, becomeAccount } from './account.ts';
import { type Program, startOutrider } from './program.ts';
import type { Reason } from './reasons.ts';
import { type Granted, grantedBy, pathOf, type Right, rightsOf, rulesWithout, textOf } from './right.ts';
import type { Ground, Use } from './uses.ts';

/** Without the right, what it is for does not come about in this time; in milliseconds. */
const shortPatience = 1_500;
const quiet = 3_000;
export const patience = 60_000;

/** Accounts that have rights, and how one of these is shown to be missed. */
export interface Proof {
  readonly admin: Api;
  readonly granted: readonly Granted[];
  /** `outrider` on this machine, by the account's token. */
  start(account: string, command: string, args: readonly string[]): Promise<Program>;
  /** Takes the right away; settles once what it is for does not come about, and the program says why. */
  miss(reason: Reason, command: string, args: readonly string[], then: 'given back' | 'left'): Promise<void>;
  dispose(): Promise<void>;
}

/** @param objects that are installed, roles and bindings among them. */
export async function createProof(cluster: Cluster, objects: readonly JsonObject[]): Promise<Proof> {
  const admin = openApi({ kubeconfig: cluster.kubeconfig });
  const granted = grantedBy(objects);
  const accounts = new Map<string, Account>();
  for (const { account } of granted) {
    if (!accounts.has(account)) accounts.set(account, await becomeAccount(cluster, admin, account));
  }
  const accountOf = (name: string): Account => {
    const account = accounts.get(name);
    if (account === undefined) throw new Error(`nothing is granted to ${name}`);
    return account;
  };
  const start = (account: string, command: string, args: readonly string[]): Promise<Program> =>
    startOutrider(accountOf(account).kubeconfig, command, args);

  /** Writes the rules of a role, and settles once the API server goes by them. */
  const settle = async (role: JsonObject, rules: unknown, right: Right, answer: boolean): Promise<void> => {
    await admin.send('PATCH', pathOf(role), { rules }, 'merge-patch+json');
    const { api } = accountOf(right.account);
    await until(async () => (await mayI(api, right)) === answer, AbortSignal.timeout(patience));
  };

  return {
    admin,
    granted,
    start,
    async miss({ right: text, said, use }, command, args, then) {
      const all = granted.flatMap((of) => rightsOf(of).map((right) => ({ of, right })));
      const { of, right } = all.find((one) => textOf(one.right) === text) ?? {};
      if (of === undefined || right === undefined) return expect.fail(`${text} is not installed`);
      await settle(of.role, rulesWithout(of, right), right, false);
      const program = await start(right.account, command, args);
      const isSaid = (): boolean => said === 'by the API server' || isRefused(program, right);
      const ground = { admin, program };
      try {
        if (said === 'at the start') await until(isSaid, AbortSignal.timeout(patience));
        else await until(() => program.isReady(), AbortSignal.timeout(patience));
        // Without a watch all is read again now and then.
        if (right.verb !== 'watch') await until(() => isMissed(use, ground), AbortSignal.timeout(patience));
        await until(isSaid, AbortSignal.timeout(patience));
        await settle(of.role, of.role.rules, right, true);
        if (then === 'given back') await expectDone(use, ground);
      } finally {
        await program.stop();
        await settle(of.role, of.role.rules, right, true);
      }
    },
    async dispose() {
      for (const account of accounts.values()) await account.dispose();
    },
  };
}

export async function expectDone(use: Use, ground: Ground): Promise<void> {
  expect(await use(ground, patience), 'it is done').to.equal(true);
}

/** A program looks at everything when it starts, and for a while after it has changed something: then it is asked again. */
async function isMissed(use: Use, ground: Ground): Promise<boolean> {
  if (!(await use(ground, shortPatience))) return true;
  await setTimeout(quiet);
  return false;
}

async function mayI(api: Api, { verb, resource, name, namespace }: Right): Promise<boolean> {
  const [whole = '', ...group] = resource.split('.');
  const [kind, subresource] = whole.split('/');
  const resourceAttributes = { verb, group: group.join('.'), resource: kind, subresource, name, namespace };
  const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  return (
    valueAt(await api.send('POST', path, { spec: { resourceAttributes } }), ['status', 'allowed']) === true
  );
}

/** Whether the program says which right it lacks, in the words of the API server. */
function isRefused(program: Program, { verb, resource, name = '' }: Right): boolean {
  const [kind] = resource.split('.');
  return program.says(`cannot ${verb} resource "${kind}"`, name);
}
