import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterError } from '../cluster-error.ts';
import type { Component } from './component.ts';
import type { Layout } from './layout.ts';
import { startWithin } from './namespaces.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { writeFiles } from './state-folder.ts';

const tailLines = 20;

/** Starts components and calls `onEnd`, with what the log said last, when one ends by itself. */
export class Supervisor {
  readonly #layout: Layout;
  readonly #namespaces: ProcessIdentity;
  readonly #onEnd: (error: ClusterError) => void;
  readonly #running = new Map<string, ProcessIdentity>();

  constructor(layout: Layout, namespaces: ProcessIdentity, onEnd: (error: ClusterError) => void) {
    this.#layout = layout;
    this.#namespaces = namespaces;
    this.#onEnd = onEnd;
  }

  get running(): Readonly<Record<string, ProcessIdentity>> {
    return Object.fromEntries(this.#running);
  }

  async start(component: Component): Promise<void> {
    await writeFiles(component.files);
    const log = join(this.#layout.logs, `${component.name}.log`);
    const { identity, ended } = startWithin(this.#namespaces, [component.program, ...component.args], log);
    if (identity) this.#running.set(component.name, identity);
    ended.then(async () => this.#onEnd(await endOf(component, log)));
  }
}

async function endOf(component: Component, log: string): Promise<ClusterError> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n');
  const tail = lines.slice(-tailLines).join('\n');
  return new ClusterError(
    'component-ended',
    `${component.name} ended by itself; its log, ${log}, ends with\n${tail}`,
  );
}
