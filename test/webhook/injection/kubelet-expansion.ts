/**
 * What the kubelet makes of a container's command, arguments and the values of variables, as the API describes it: `$(NAME)`
 * becomes the variable's value, and stays as it is where there is none; `$$` becomes `$`, so that `$$(NAME)` is `$(NAME)`.
 */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/gu, (reference, name) =>
    reference === '$$' ? '$' : Object.hasOwn(variables, name) ? (variables[name] ?? '') : reference,
  );
}

interface Container {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[] | null;
}

/** A process as it is started. Each variable sees those before it; `fields` are the values of the pod's fields. */
export function processOf(
  { command = [], args = [], env }: Container,
  fields: Readonly<Record<string, string>> = {},
) {
  const variables: Record<string, string> = {};
  for (const { name, value } of env ?? []) {
    variables[name] = value === undefined ? (fields[name] ?? '') : expand(value, variables);
  }
  return { command: [...command, ...args].map((one) => expand(one, variables)), variables };
}
