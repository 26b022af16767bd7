/**
 * What becomes of a pod from its create on, in the order that ours has. A pod without a proxy has fewer of them; in
 * Istio's order the proxy starts after outrider-init has ended.
 */
export const moments = [
  'the API server has answered: admission is over',
  'a node is chosen',
  'the sandbox is there: network, volumes',
  'outrider-proxy has started',
  'outrider-init has started',
  'outrider-init has written the rules',
  "the proxy's startupProbe has passed",
  'the application has started',
  'the pod is Ready',
] as const;

export type Moment = (typeof moments)[number];

/** Milliseconds since the create was sent. */
export type Start = Partial<Record<Moment, number>>;

/** As far as it is looked at (core/v1). */
export interface PodObject {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly initContainerStatuses?: readonly { readonly name: string; readonly started?: boolean }[];
  };
}

/** As far as it is looked at (core/v1). */
export interface EventObject {
  readonly reason: string;
  readonly involvedObject: { readonly name: string; readonly fieldPath?: string };
}

/** What a state of the pod tells: the kubelet writes it after it has looked at the containers. */
export function momentsOfPod({ spec, status }: PodObject, hasStartupProbe: boolean): Moment[] {
  const isReady = status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  const proxy = status.initContainerStatuses?.find(({ name }) => name === 'outrider-proxy');
  return [
    ...(spec.nodeName ? (['a node is chosen'] as const) : []),
    ...(hasStartupProbe && proxy?.started ? (["the proxy's startupProbe has passed"] as const) : []),
    ...(isReady ? (['the pod is Ready'] as const) : []),
  ];
}

/** What an event of the kubelet's tells: it sends one in the moment in which it does something. */
export function momentOfEvent({
  reason,
  involvedObject: { fieldPath = '' },
}: EventObject): Moment | undefined {
  // Images are looked for once the sandbox is there.
  if (reason === 'Pulled') return 'the sandbox is there: network, volumes';
  if (reason !== 'Started') return undefined;
  if (fieldPath === 'spec.initContainers{outrider-proxy}') return 'outrider-proxy has started';
  if (fieldPath === 'spec.initContainers{outrider-init}') return 'outrider-init has started';
  return 'the application has started';
}
