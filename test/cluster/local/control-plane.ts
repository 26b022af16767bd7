import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../polling.ts';
import { apiServerPort } from './addresses.ts';
import { apiserver } from './apiserver.ts';
import { runWithin, startWithin } from './namespaces.ts';
import { layout } from './node.ts';
import { type NodeRecord, readRecord, writeRecord } from './node-record.ts';
import { identify, isAlive } from './process-identity.ts';
import { findPrograms } from './programs.ts';
import { kubectlSucceeds } from './readiness.ts';

const patience = (): AbortSignal => AbortSignal.timeout(60_000);

/** Ends it as a crash does; settles once it is gone. */
export async function killApiServer(): Promise<void> {
  const pid = await programOf('kube-apiserver');
  process.kill(pid, 'SIGKILL');
  await until(() => identify(pid) === undefined, patience());
}

/** Settles once it is ready. */
export async function startApiServer(): Promise<void> {
  const record = await recordOfNode();
  const programs = await findPrograms();
  const { name, program, args } = apiserver(layout, programs.kubernetes, record.families);
  const log = join(layout.logs, `${name}.log`);
  const { identity } = startWithin(record.namespaces, [program, ...args], log);
  if (identity === undefined) throw new Error(`${name} did not start; its log is ${log}`);
  await writeRecord(layout.record, { ...record, components: { ...record.components, [name]: identity } });
  await until(() => kubectlSucceeds(layout, programs, ['get', '--raw=/readyz']), patience());
}

export async function pauseEtcd(): Promise<void> {
  process.kill(await programOf('etcd'), 'SIGSTOP');
}

export async function resumeEtcd(): Promise<void> {
  const { components } = await recordOfNode();
  // nsenter(1) stops with its child, and wakes it when it is woken itself.
  for (const pid of [components.etcd?.pid, await programOf('etcd')]) {
    if (pid !== undefined) process.kill(pid, 'SIGCONT');
  }
}

/**
 * Cuts the way between these pods and the API server: packets vanish in both directions and nobody is told, as when a
 * cable is pulled. The API server still reaches the pods by connections of its own.
 */
export async function cut(addresses: readonly string[]): Promise<void> {
  await eachWay('--insert', addresses);
}

export async function mend(addresses: readonly string[]): Promise<void> {
  await eachWay('--delete', addresses);
}

async function eachWay(change: '--insert' | '--delete', addresses: readonly string[]): Promise<void> {
  const { namespaces } = await recordOfNode();
  const tcp = ['--protocol', 'tcp'];
  for (const address of addresses) {
    for (const rule of [
      ['INPUT', '--source', address, ...tcp, '--dport', `${apiServerPort}`],
      ['OUTPUT', '--destination', address, ...tcp, '--sport', `${apiServerPort}`],
    ]) {
      await runWithin(namespaces, ['iptables', '--wait', change, ...rule, '--jump', 'DROP']);
    }
  }
}

/** What is recorded of a component is the nsenter(1) around it. */
async function programOf(name: string): Promise<number> {
  const outer = (await recordOfNode()).components[name];
  if (outer === undefined || !isAlive(outer)) throw new Error(`${name} is not running`);
  const children = await readFile(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8');
  const [child] = children.split(' ');
  if (child === undefined || child === '') throw new Error(`${name} has no process of its own`);
  return Number(child);
}

async function recordOfNode(): Promise<NodeRecord> {
  const record = await readRecord(layout.record);
  if (record === undefined) throw new Error('the node is not up');
  return record;
}
