/** A container, as far as its place and its probe are concerned. */
interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly startupProbe?: object;
}

export interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly [field: string]: unknown;
}

/** Asks each second, as Istio's sidecar has it. */
const startupProbe = {
  httpGet: { path: '/healthz/ready', port: 15021, scheme: 'HTTP' },
  periodSeconds: 1,
  timeoutSeconds: 3,
  failureThreshold: 600,
};

/**
 * An injected pod in the order of Istio's: the rules first, for which nothing waits, then the proxy, until whose
 * startupProbe passes nothing else starts. Images, bootstrap, rules and resources stay as they are.
 */
export function inIstioOrder(spec: PodSpec): PodSpec {
  const [proxy, init] = spec.initContainers ?? [];
  if (proxy?.name !== 'outrider-proxy' || init?.name !== 'outrider-init')
    throw new Error(`expected an injected pod, got the init containers ${proxy?.name} and ${init?.name}`);
  const args = init.args?.map((arg, index, all) => (all[index - 1] === '--wait-proxy' ? '0' : arg)) ?? [];
  return {
    ...spec,
    initContainers: [
      { ...init, args },
      { ...proxy, startupProbe },
    ],
  };
}
