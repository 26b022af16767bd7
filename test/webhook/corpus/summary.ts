import type { Verdict } from '../../../webhook/admission/inject-review.ts';
import { type AnyPod, byName, inject, pod } from '../pods.ts';
import { isRecord, listDifferences } from './differences.ts';

/** The verdict on a pod in few lines: what it shares with every injected pod is left out. */
export type Summary = Readonly<Record<string, unknown>>;

/**
 * - `inject`: the reason; then the names of init containers and volumes in their final order, and what differs from the plain
 *   pod's: in `proxy` and `init` (with the bootstrap and `OUTRIDER_CONFIG` read as JSON), in the volume, in the
 *   annotations, and in `user`, which is what became of the user's own fields. What does not differ is absent.
 *   `warnings` are what a person is told beside the answer.
 * - `skip`: the reason.
 * - `deny` or `error`: the reason, and the message.
 */
export function summarize(
  original: AnyPod,
  { answer, decision, reason, warnings }: Verdict,
  injected: AnyPod,
): Summary {
  switch (answer.kind) {
    case 'allowed':
      return { [decision]: reason };
    case 'denied':
    case 'errored':
      return { [decision]: reason, message: answer.message };
    case 'patched':
      return { [decision]: reason, ...summarizePod(original, injected), ...(warnings && { warnings }) };
  }
}

const plain = inject(pod());
const ourContainers = ['outrider-proxy', 'outrider-init'];

function summarizePod(original: AnyPod, injected: AnyPod): Summary {
  const { spec, metadata } = injected;
  const { initContainers, volumes } = spec;
  const names = (items: readonly AnyPod[]): string[] => items.map(({ name }) => name);
  const ours = (name: string) =>
    oursDifferences(byName(plain.spec.initContainers, name), byName(initContainers, name));
  const summary = {
    initContainers: names(initContainers),
    volumes: names(volumes),
    proxy: ours('outrider-proxy'),
    init: ours('outrider-init'),
    volume: listDifferences(byName(plain.spec.volumes, 'outrider-run'), byName(volumes, 'outrider-run')),
    annotations: annotationsAdded(original.metadata.annotations ?? {}, metadata.annotations),
    user: listDifferences(usersContainers(original), usersContainers(injected)),
  };
  return Object.fromEntries(
    Object.entries(summary).filter(([, part]) => !isRecord(part) || Object.keys(part).length > 0),
  );
}

const usersContainers = ({ spec }: AnyPod) => ({
  containers: spec.containers.filter(({ name }: AnyPod) => !ourContainers.includes(name)),
  initContainers: (spec.initContainers ?? []).filter(({ name }: AnyPod) => !ourContainers.includes(name)),
});

/** Those that injection wrote into this pod in another way than into the plain one, or not at all. */
function annotationsAdded(before: AnyPod, after: AnyPod): Record<string, unknown> {
  const { 'outrider.io/status': _status, ...ofPlain } = plain.metadata.annotations;
  const { 'outrider.io/status': _other, ...ofThis } = listDifferences(before, after);
  return listDifferences(ofPlain, ofThis);
}

/** Listeners and clusters of their own are tested with the bootstrap, whole; here it is enough that they are there. */
function oursDifferences(before: AnyPod, after: AnyPod): Record<string, unknown> {
  const differences = Object.entries(listDifferences(readable(before), readable(after)));
  return Object.fromEntries(
    differences.map(([path, value]) => [
      path,
      path.startsWith('bootstrap.') && isRecord(value) && 'name' in value ? '(added)' : value,
    ]),
  );
}

/** One of our containers, with what it carries as text taken apart; `most` is what the overload manager bounds. */
function readable({ args = [], env = [], ...container }: AnyPod): AnyPod {
  const flags: Record<string, unknown> = {};
  let bootstrap = {};
  for (const [index, arg] of args.entries()) {
    const value = args[index + 1] ?? '';
    if (arg === '--config-yaml') {
      const { static_resources, overload_manager, ...rest } = JSON.parse(value.replaceAll('$$', '$'));
      const [heap, connections] = overload_manager.resource_monitors.map((one: AnyPod) => one.typed_config);
      const most = {
        heap: heap.max_heap_size_bytes,
        connections: connections.max_active_downstream_connections,
      };
      bootstrap = { ...rest, ...static_resources, most };
    } else if (arg.startsWith('-')) flags[arg] = value.startsWith('-') ? true : value;
  }
  const variables = env.map(({ name, value, ...rest }: AnyPod) => [
    name,
    name === 'OUTRIDER_CONFIG' ? JSON.parse(value.replaceAll('$$', '$')) : { value, ...rest },
  ]);
  return { ...container, bootstrap, args: flags, env: Object.fromEntries(variables) };
}
