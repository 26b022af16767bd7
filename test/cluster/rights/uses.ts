import { objectsOf } from '../../../webhook/admission/json.ts';
import { valueAt } from '../../../webhook/admission/pod-holders.ts';
import { ticketAnnotation } from '../../../webhook/audit/ticket.ts';
import type { Api } from '../../../webhook/cluster/api.ts';
import { pod } from '../../webhook/pods.ts';
import { reviewOf } from '../../webhook/server/server.ts';
import { until } from '../polling.ts';
import type { Program } from './program.ts';

/** Where a right is used: a program that has it or lacks it, and an administrator who asks it to do something. */
export interface Ground {
  readonly admin: Api;
  readonly program: Program;
}

/** Has the program do what a right is for; tells whether it was done within so many milliseconds. */
export type Use = (ground: Ground, patience: number) => Promise<boolean>;

/** Labelled `enabled`, for pods that are made up. */
export const namespace = 'rights';
const path = `/api/v1/namespaces/${namespace}`;
const system = '/api/v1/namespaces/outrider-system';
const registration = '/apis/admissionregistration.k8s.io/v1';

const within = (milliseconds: number, condition: () => Promise<boolean>): Promise<boolean> =>
  until(condition, AbortSignal.timeout(milliseconds)).then(
    () => true,
    () => false,
  );

let last = 0;
/** Another one at each call: what was there before is not taken for what was asked for. */
const fresh = (): number => {
  last += 1;
  return last;
};

const decode = (value: unknown): string => Buffer.from(String(value ?? ''), 'base64').toString('utf8');
const merge = (admin: Api, at: string, body: object) => admin.send('PATCH', at, body, 'merge-patch+json');

/** That a Secret whose certificate is spoilt is written anew. */
export const repairsSecret =
  (name: string): Use =>
  async ({ admin }, patience) => {
    const at = `${system}/secrets/${name}`;
    await merge(admin, at, { data: { 'tls.crt': Buffer.from('none').toString('base64') } });
    return await within(patience, async () =>
      decode(valueAt(await admin.get(at), ['data', 'tls.crt'])).startsWith('-----BEGIN'),
    );
  };

/** That a configuration whose webhooks trust nobody is written anew. */
export const repairsConfiguration =
  (resource: string, name: string): Use =>
  async ({ admin }, patience) => {
    const at = `${registration}/${resource}/${name}`;
    const webhooks = objectsOf((await admin.get(at))?.webhooks);
    const emptied = webhooks.map(({ clientConfig, ...webhook }) => ({
      ...webhook,
      clientConfig: { service: valueAt(clientConfig, ['service']) },
    }));
    await merge(admin, at, { webhooks: emptied });
    return await within(patience, async () =>
      objectsOf((await admin.get(at))?.webhooks).every(
        (webhook) => valueAt(webhook, ['clientConfig', 'caBundle']) !== undefined,
      ),
    );
  };

/** That a Secret that is gone comes again. */
export const makesSecret: Use = async ({ admin }, patience) => {
  const at = `${system}/secrets/outrider-webhook-certificates`;
  if ((await admin.get(at)) !== undefined) await admin.send('DELETE', at, {});
  return await within(patience, async () => (await admin.get(at)) !== undefined);
};

/** What the webhook answers to the creation of a pod: its patch as text, or what it says. */
async function review(
  program: Program,
  { annotations = {}, within: of = namespace }: { annotations?: object; within?: string } = {},
): Promise<string> {
  const body = reviewOf(pod({ metadata: { annotations } }), { namespace: of });
  const text = await program.ask('/mutate/enabled-namespace', body);
  if (text === '') return '';
  const { response } = JSON.parse(text);
  return response.patch === undefined ? response.status.message : decode(response.patch);
}

/** That what a namespace says of its pods becomes theirs. */
export const followsNamespaces: Use = async ({ admin, program }, patience) => {
  const cpu = `${100 + fresh()}m`;
  await merge(admin, path, { metadata: { annotations: { 'outrider.io/proxy-cpu': cpu } } });
  return await within(patience, async () => (await review(program)).includes(`"cpu":"${cpu}"`));
};

/** That a namespace which the cache does not know is asked for. */
export const looksNamespaceUp: Use = async ({ program }, patience) =>
  await within(patience, async () =>
    (await review(program, { within: 'nowhere' })).includes('there is no namespace "nowhere"'),
  );

/** @param data as a merge patch: null takes away. */
async function writeConfig(admin: Api, data: Readonly<Record<string, string | null>>): Promise<void> {
  const at = `${system}/configmaps`;
  const name = 'outrider-config';
  if ((await admin.get(`${at}/${name}`)) === undefined) await admin.send('POST', at, { metadata: { name } });
  await merge(admin, `${at}/${name}`, { data });
}

/** That the settings of the cluster become those of pods. */
export const followsConfig: Use = async ({ admin, program }, patience) => {
  const memory = `${100 + fresh()}Mi`;
  await writeConfig(admin, { 'proxy-memory': memory });
  return await within(patience, async () => (await review(program)).includes(`"memory":"${memory}"`));
};

/** That a new certificate is shown to who connects. */
export const followsCertificate: Use = async (ground, patience) => {
  const { admin, program } = ground;
  const before = await program.shownSerial();
  // Somebody else keeps the certificates meanwhile.
  await repairsSecret('outrider-webhook-certificates')({ admin, program }, 30_000);
  return await within(patience, async () => {
    const shown = await program.shownSerial();
    return shown !== undefined && shown !== before;
  });
};

/** That a pod that is refused is told as an Event. */
export const tellsRefusals: Use = async ({ admin, program }, patience) => {
  const told = `nonsense-${fresh()}`;
  await review(program, { annotations: { [`outrider.io/${told}`]: '1' } });
  return await within(patience, async () =>
    (await admin.list(`${path}/events`)).some(({ message }) => String(message).includes(told)),
  );
};

/** That pods of this injector are let through by the policy of another one. */
export const isKnownToOthers: Use = async ({ admin }, patience) => {
  const spec = { containers: [{ name: 'app', image: 'app' }] };
  const one = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'let-through' }, spec };
  return await within(patience, () =>
    admin.send('POST', `${path}/pods?dryRun=All`, one).then(
      () => true,
      (error: Error) => {
        if (error.message.includes('there is no injector without a revision')) return false;
        throw error;
      },
    ),
  );
};

/** What the auditor counts, by a pattern of its metrics. */
async function counted(program: Program, metric: RegExp): Promise<number> {
  const lines = (await program.ask('/metrics')).split('\n').filter((line) => metric.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** A pod that no webhook sees: it opts out. */
async function optOut(admin: Api): Promise<void> {
  const spec = { schedulerName: 'nobody', containers: [{ name: 'app', image: 'app' }] };
  const metadata = { name: `audited-${fresh()}`, labels: { 'outrider.io/inject': 'false' } };
  await admin.send('POST', `${path}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
}

/** That a pod becomes known to the auditor. */
export const auditsPods: Use = async ({ admin, program }, patience) => {
  const count = (): Promise<number> => counted(program, /^outrider_audited_pods\{/);
  const before = await count();
  await optOut(admin);
  return await within(patience, async () => (await count()) > before);
};

/** Makes a namespace whose label means nothing. */
async function mislabel(admin: Api): Promise<string> {
  const name = `${namespace}-mislabelled-${fresh()}`;
  const labels = { 'outrider.io/injection': 'enable' };
  await admin.send('POST', '/api/v1/namespaces', { metadata: { name, labels } });
  return name;
}

/** That a namespace whose label means nothing becomes known. */
export const auditsNamespaces: Use = async ({ admin, program }, patience) => {
  const count = (): Promise<number> => counted(program, /^outrider_audited_namespaces_misconfigured/);
  const before = await count();
  const name = await mislabel(admin);
  try {
    return await within(patience, async () => (await count()) > before);
  } finally {
    await admin.send('DELETE', `/api/v1/namespaces/${name}`, {});
  }
};

/** That pods which opt out are to be refused where the cluster enforces injection. */
export const auditsConfig: Use = async ({ admin, program }, patience) => {
  const isRefused = async (): Promise<boolean> =>
    (await counted(program, /^outrider_audited_pods\{state="refused"/)) > 0;
  await optOut(admin);
  await writeConfig(admin, { enforced: null });
  if (!(await within(patience, async () => !(await isRefused())))) return false;
  await writeConfig(admin, { enforced: 'inject' });
  try {
    return await within(patience, isRefused);
  } finally {
    await writeConfig(admin, { enforced: null });
  }
};

/** That what is wrong is told as an Event. */
export const tellsTrouble: Use = async ({ admin }, patience) => {
  const name = await mislabel(admin);
  try {
    // What passes within ten seconds is not told.
    return await within(patience + 15_000, async () =>
      (await admin.list(`/api/v1/namespaces/${name}/events`)).some(
        ({ reason }) => reason === 'NamespaceMisconfigured',
      ),
    );
  } finally {
    await admin.send('DELETE', `/api/v1/namespaces/${name}`, {});
  }
};

/** Of workloads that are restarted, one in each. */
export const workloadNamespace = (workload: string): string => `rights-${workload}`;

/** Makes the pods of the namespace outdated. @returns what a pod asks for that was made anew. */
async function outdate(admin: Api, workload: string): Promise<string> {
  const cpu = `${10 + fresh()}m`;
  const at = `/api/v1/namespaces/${workloadNamespace(workload)}`;
  await merge(admin, at, { metadata: { annotations: { 'outrider.io/proxy-cpu': cpu } } });
  return cpu;
}

const isAnew = async (admin: Api, workload: string, cpu: string): Promise<boolean> =>
  (await admin.list(`/api/v1/namespaces/${workloadNamespace(workload)}/pods`)).some((one) =>
    JSON.stringify(one.spec).includes(`"cpu":"${cpu}"`),
  );

/** That a workload whose pods are outdated is restarted. */
export const restarts =
  (workload: string): Use =>
  async ({ admin }, patience) => {
    const cpu = await outdate(admin, workload);
    return await within(patience, () => isAnew(admin, workload, cpu));
  };

const lease = '/apis/coordination.k8s.io/v1/namespaces/outrider-system/leases/outrider-auditor';

export const restartsForTheFirstTime =
  (workload: string): Use =>
  async (ground, patience) => {
    if ((await ground.admin.get(lease)) !== undefined) await ground.admin.send('DELETE', lease, {});
    return await restarts(workload)(ground, patience);
  };

/** That a pod is evicted, and that it is known to have come to its end: another restart could begin. */
export const evicts: Use = async ({ admin }, patience) => {
  const isOver = async (): Promise<boolean> =>
    valueAt(await admin.get(lease), ['metadata', 'annotations', ticketAnnotation]) === undefined;
  // What becomes outdated anew before its restart is known to be over is taken for what a restart does not heal.
  if (!(await within(60_000, isOver))) return false;
  const cpu = await outdate(admin, 'evicted');
  return await within(patience, async () => (await isAnew(admin, 'evicted', cpu)) && (await isOver()));
};
