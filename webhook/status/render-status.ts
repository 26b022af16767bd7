import { renderColumns } from './columns.ts';
import type { PodStatus } from './pod-status.ts';
import type { Status } from './status.ts';

/** For people, as kubectl prints: `wide` tells the images too. */
export function renderStatus(
  { injector, notes, problems, pods, summary }: Status,
  format: 'table' | 'wide',
): string {
  const parts = injector.map(({ part, state }) => [part, state]);
  const wrong = [
    ...injector.flatMap(({ part, problem }) => (problem === undefined ? [] : [`${part}: ${problem}`])),
    ...problems,
  ];
  // Most clusters have one injector.
  const revisions = pods.some(({ revision }) => revision !== undefined);
  const table = renderColumns([
    headOf(format, revisions),
    ...pods.map((pod) => rowOf(pod, format, revisions)),
  ]);
  const sections = [
    renderColumns([['INJECTOR', 'STATE'], ...parts]),
    pods.length === 0 ? [] : table,
    wrong.map((problem) => `problem: ${problem}`),
    notes.map((note) => `note: ${note}`),
    [summarize(summary)],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

const headOf = (format: 'table' | 'wide', revisions: boolean): readonly string[] => [
  ...['NAMESPACE', 'POD', 'STATE', 'VERSION'],
  ...(revisions ? ['REVISION'] : []),
  'SETTINGS',
  ...(format === 'wide' ? ['INIT-IMAGE', 'PROXY-IMAGE'] : []),
  'MESSAGE',
];

const none = '<none>';

const rowOf = (pod: PodStatus, format: 'table' | 'wide', revisions: boolean): readonly string[] => [
  ...[pod.namespace, pod.pod, pod.state, pod.version ?? none],
  ...(revisions ? [pod.revision ?? none] : []),
  shorten(pod.settings),
  ...(format === 'wide' ? [pod.initImage ?? none, pod.proxyImage ?? none] : []),
  pod.message,
];

/** As many digits as tell digests apart for people. */
const shorten = (digest: string | undefined): string => digest?.replace(/^sha256:/, '').slice(0, 8) ?? none;

function summarize({ unconcerned, ...counts }: Status['summary']): string {
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  const pods = told.map(([state, count]) => `${count} ${state}`).join(', ') || 'no pod is concerned';
  const rest = unconcerned === 0 ? '' : `; ${unconcerned} more without label and proxy`;
  return `${pods}${rest}`;
}

/** For machines: everything. */
export const renderStatusJson = (status: Status): string => `${JSON.stringify(status, null, 2)}\n`;
