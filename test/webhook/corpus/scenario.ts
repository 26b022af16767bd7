import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { AnyPod } from '../pods.ts';
import { podOf } from './workload.ts';

/** What a real API server does to the scenario, where it is not simply to take it. */
export interface Server {
  /** Paths of fields that it does not know, or whose feature gate is off. */
  readonly drops?: readonly string[];
  /** A part of the message with which it refuses the pod, injected or not. */
  readonly refuses?: string;
}

/** One file of the corpus: perhaps a Namespace, then a pod or a workload, then the golden. */
export interface Scenario {
  /** Folder and file, without the ending. */
  readonly name: string;
  /** The lines of the first comment. */
  readonly why: string;
  readonly namespace: {
    readonly name: string;
    readonly label: string | undefined;
    readonly annotations: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly pod: AnyPod;
  /** What comes of it, in the form of summary.ts. */
  readonly golden: Readonly<Record<string, unknown>>;
  readonly server: Server;
}

const folder = new URL('scenarios/', import.meta.url);

export function readScenarios(): Scenario[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) =>
      parseScenario(file.slice(0, -'.yaml'.length), readFileSync(new URL(file, folder), 'utf8')),
    );
}

function parseScenario(name: string, text: string): Scenario {
  const documents = parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${name}: ${error.message}`);
    return document.toJS();
  });
  const golden = documents.pop();
  const workload = documents.pop();
  const [namespace] = documents;
  if (documents.length > 1 || (namespace && namespace.kind !== 'Namespace')) {
    throw new Error(`${name}: expected perhaps a Namespace, then a pod or workload, then the golden`);
  }
  const { server = {}, ...rest } = golden;
  const why = /^(#.*\n)+/.exec(text)?.[0] ?? '';
  return { name, why, namespace: namespaceOf(namespace), pod: podOf(workload), golden: rest, server };
}

/** Where the scenario has no Namespace of its own, it is in one that is labelled `enabled`. */
function namespaceOf(namespace: AnyPod): Scenario['namespace'] {
  if (namespace === undefined) return { name: 'shop', label: 'enabled', annotations: {}, labels: {} };
  const { name, labels = {}, annotations = {} } = namespace.metadata;
  return { name, label: labels['outrider.io/injection'], annotations, labels };
}
