import { median, quantile } from './quantile.ts';
import { type Moment, moments, type Start } from './start-moments.ts';

/** The pods that are compared, and what becomes of each. */
export const kinds = {
  bare: {
    title: 'no sidecar',
    moments: [moments[0], moments[1], moments[2], moments[7], moments[8]],
  },
  ours: {
    title: 'ours',
    moments: moments.filter((moment) => moment !== "the proxy's startupProbe has passed"),
  },
  istio: { title: "Istio's order", moments },
} as const satisfies Record<string, { title: string; moments: readonly Moment[] }>;

export type Kind = keyof typeof kinds;

const names = Object.keys(kinds) as Kind[];

/** The text of docs/bench-start.md. */
export function renderStarts(starts: Readonly<Record<Kind, readonly Start[]>>): string {
  const times = (kind: Kind, moment: Moment): number[] =>
    starts[kind].flatMap((start) => start[moment] ?? []);
  const ready = (kind: Kind): number[] => times(kind, 'the pod is Ready');
  const added = (kind: Kind): string =>
    kind === 'bare' ? '' : seconds(median(ready(kind)) - median(ready('bare')));

  const summary = names.map((kind) => {
    const all = ready(kind);
    const middle = `${seconds(quantile(all, 0.25))} to ${seconds(quantile(all, 0.75))}`;
    const whole = `${seconds(quantile(all, 0))} to ${seconds(quantile(all, 1))}`;
    return `| ${kinds[kind].title} | ${seconds(median(all))} | ${middle} | ${whole} | ${added(kind)} |`;
  });
  const parts = moments.map((moment) => {
    const cells = names.map((kind) => {
      const all = times(kind, moment);
      return all.length === 0 ? '' : seconds(median(all));
    });
    return `| ${moment} | ${cells.join(' | ')} |`;
  });
  return `# What a sidecar adds to the start of a pod

\`make bench-start\` writes this page. On a real node it makes ${starts.bare.length} pods of each kind, in turns and one at a time, and
looks on while they start: without a sidecar; with ours, by the webhook; and with the same containers in the order that
Istio has, the rules first, then the proxy with a startupProbe that asks each second. Seconds from the create.

| create to Ready | median | middle half | least to most | added |
| --- | --- | --- | --- | --- |
${summary.join('\n')}

| after the create, median | ${names.map((kind) => kinds[kind].title).join(' | ')} |
| --- | --- | --- | --- |
${parts.join('\n')}

The kubelet looks at the containers of its node once a second, and takes a pod's next step only when it has seen the last one
done. So what counts is the number of steps: a container that is done within the second costs the whole of it. Ours are two
more than without a sidecar: that the proxy runs, that the rules are written. In Istio's order there is a third, since the
kubelet waits for the startupProbe where \`outrider-init\` waits for the proxy by itself. A pod that comes just before a look
is ready sooner than one that comes just after it: each kind comes at the same moments between two looks.

All that ours needs is that the proxy answers, and the rules are written, within the second in which \`outrider-init\` starts: to
start faster or to ask more often would gain nothing, and less than these steps a pod cannot have. A kubelet whose runtime
tells it of each change (its feature gate \`EventedPLEG\`, off by default) does not wait for its next look.
`;
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);
