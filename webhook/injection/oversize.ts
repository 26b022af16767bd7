/** The longest single argument or variable that execve(2) takes: MAX_ARG_STRLEN, 32 pages, its end mark included. */
const longest = 128 * 1024 - 1;

/** Names the rendered strings that no process could be started with. Empty when all fit. */
export function findOversize(container: object): string[] {
  const {
    name,
    args = [],
    env = [],
  } = container as {
    name: string;
    args?: readonly string[];
    env?: readonly { name: string; value?: string }[];
  };
  const strings = [
    // The bootstrap, in which little of the pod's makes a list: its TCP probes, the ports of HTTP, and where it may go out to.
    ...args.map((text, index) => ({
      what: `args[${index}]`,
      text,
      remedy:
        'give the pod fewer tcpSocket probes, declare HTTP on fewer ports, or shorten what it allows outbound',
    })),
    ...env.map((variable) => ({
      what: `env ${variable.name}`,
      text: `${variable.name}=${variable.value ?? ''}`,
      remedy: 'shorten the settings',
    })),
  ];
  return strings
    .map(({ text, ...rest }) => ({ ...rest, bytes: Buffer.byteLength(text) }))
    .filter(({ bytes }) => bytes > longest)
    .map(
      ({ what, bytes, remedy }) =>
        `container ${name}: ${what} would be ${bytes} bytes long, the most is ${longest}; ${remedy}`,
    );
}

/** What Kubernetes takes of one object's annotations (k8s.io/apimachinery/pkg/api/validation), keys and values. */
const mostAnnotations = 256 * 1024;

/** Kubernetes refuses the same, but only after its webhooks: to parse all that a request can carry takes seconds. */
export function findOversizeAnnotations(annotations: Readonly<Record<string, string>>): string[] {
  const texts = Object.entries(annotations).flat();
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return bytes > mostAnnotations
    ? [`metadata.annotations: ${bytes} bytes long, the most is ${mostAnnotations}; shorten them`]
    : [];
}
