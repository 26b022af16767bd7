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
    ...args.map((text, index) => ({ what: `args[${index}]`, text })),
    ...env.map((variable) => ({
      what: `env ${variable.name}`,
      text: `${variable.name}=${variable.value ?? ''}`,
    })),
  ];
  return strings
    .map(({ what, text }) => ({ what, bytes: Buffer.byteLength(text) }))
    .filter(({ bytes }) => bytes > longest)
    .map(
      ({ what, bytes }) =>
        `container ${name}: ${what} would be ${bytes} bytes long, the most is ${longest}; shorten the settings`,
    );
}
