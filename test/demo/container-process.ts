/** The fields of a container (core/v1) that running it takes. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly restartPolicy?: 'Always';
  readonly env?: readonly EnvVar[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly readinessProbe?: { readonly httpGet?: { readonly path: string; readonly port: number } };
  readonly securityContext?: {
    readonly runAsUser?: number;
    readonly runAsGroup?: number;
    readonly capabilities?: { readonly add?: readonly string[] };
  };
}

interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

export interface PodSpec {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly status?: { readonly podIP: string };
  readonly spec: {
    readonly initContainers?: readonly ContainerSpec[];
    readonly containers: readonly ContainerSpec[];
  };
}

/** A container's process as the kubelet would have it started. */
export interface Process {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly uid: number;
  readonly gid: number;
  /** Capabilities that are left to it, lower case and without `CAP_`. */
  readonly capabilities: readonly string[];
  /** Paths at which a tmpfs of its own is mounted. */
  readonly mounts: readonly string[];
}

/** @param entrypoint what the container's image would start. */
export function toProcess(pod: PodSpec, container: ContainerSpec, entrypoint: readonly string[]): Process {
  const env: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env ?? []) {
    env[name] = valueFrom ? readField(pod, valueFrom.fieldRef.fieldPath) : expand(value ?? '', env);
  }
  const [command, args] = [container.command, container.args ?? []];
  const { runAsUser = 0, runAsGroup = 0, capabilities } = container.securityContext ?? {};
  return {
    argv: [...(command ?? entrypoint), ...args].map((text) => expand(text, env)),
    env,
    uid: runAsUser,
    gid: runAsGroup,
    capabilities: (capabilities?.add ?? []).map((name) => name.toLowerCase()),
    mounts: (container.volumeMounts ?? []).map(({ mountPath }) => mountPath),
  };
}

function readField({ metadata, status }: PodSpec, path: string): string {
  const fields: Record<string, string | undefined> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'status.podIP': status?.podIP,
  };
  const value = fields[path];
  if (value === undefined) throw new Error(`the demo knows no field ${path}`);
  return value;
}

/** `$(VAR)` becomes the variable where there is one, `$$` becomes `$`: the kubelet's rule. */
function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([A-Za-z0-9_.-]+)\)/g, (match, name?: string) =>
    name === undefined ? '$' : (env[name] ?? match),
  );
}
