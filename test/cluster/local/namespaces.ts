import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { execa } from 'execa';
import { ClusterError } from '../cluster-error.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';

/** Nothing of the caller's: a proxy variable, for one, would send the API server's webhook calls astray. */
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/**
 * Makes a network, a mount and a process namespace for the node. Whatever the node does to interfaces, rules,
 * sysctls, mounts and processes stays inside and goes when the returned process goes: the kernel cleans up, also
 * after a crash. `firstProcess` is a shell script that prints a line when it is done with its preparations.
 */
export async function createNamespaces(firstProcess: string, log: string): Promise<ProcessIdentity> {
  const isolation = ['--net', '--mount', '--propagation=private', '--pid', '--fork', '--mount-proc'];
  const args = [...isolation, '--kill-child=SIGKILL', '--', 'sh', '-c', firstProcess];
  const unshare = spawnLasting('unshare', args, log, 'pipe');
  const output = unshare.stdout;
  const ready = output && (await Promise.race([once(output, 'data'), endOf(unshare)]));
  const identity = unshare.pid === undefined ? undefined : identify(unshare.pid);
  if (!ready || !identity) {
    throw new ClusterError('component-ended', `the namespaces of the node could not be made; see ${log}`);
  }
  output.destroy();
  return identity;
}

export interface Started {
  readonly identity: ProcessIdentity | undefined;
  /** Resolves when the program ends, however it ends; never rejects. */
  readonly ended: Promise<void>;
}

/** Starts a long-lived program inside the namespaces. */
export function startWithin(namespaces: ProcessIdentity, command: readonly string[], log: string): Started {
  const started = spawnLasting('nsenter', enter(namespaces, command), log, 'log');
  return { identity: started.pid === undefined ? undefined : identify(started.pid), ended: endOf(started) };
}

/** Runs a short command inside the namespaces to its end. */
export async function runWithin(
  namespaces: ProcessIdentity,
  command: readonly string[],
  input = '',
): Promise<void> {
  await execa('nsenter', enter(namespaces, command), { env, extendEnv: false, input });
}

function enter({ pid }: ProcessIdentity, command: readonly string[]): string[] {
  // unshare(1) itself stays outside the process namespace that it makes for its child.
  return [`--target=${pid}`, '--net', '--mount', `--pid=/proc/${pid}/ns/pid_for_children`, '--', ...command];
}

/**
 * Not with execa, whose subprocesses end with their parent. In a session of its own, and writing to its log by
 * itself, a program survives both this process and a Ctrl-C meant for it.
 */
function spawnLasting(program: string, args: string[], log: string, stdout: 'log' | 'pipe'): ChildProcess {
  const fd = openSync(log, 'a', 0o600);
  const stdio: SpawnOptions['stdio'] = ['ignore', stdout === 'pipe' ? 'pipe' : fd, fd];
  const child = spawn(program, args, { env, detached: true, stdio });
  closeSync(fd);
  child.unref();
  return child;
}

/** 'error' stands for a program that could not even be started, which has no 'exit'. */
function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}
