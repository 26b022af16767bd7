import { expected, type Parsed, parsed } from './result.ts';

/** A TCP port, 1 to 65535. */
export type Port = number & { readonly __brand: 'Port' };

/** Both ends included; a single port has `first === last`. */
export interface PortRange {
  readonly first: Port;
  readonly last: Port;
}

const wanted = 'a port from 1 to 65535';

export function parsePort(text: string): Parsed<Port> {
  if (!/^[0-9]{1,5}$/.test(text)) return expected(wanted);
  const port = Number(text);
  return port >= 1 && port <= 65535 ? parsed(port as Port) : expected(wanted);
}

/** Parses `8080` or `8000-8100`. */
export function parsePortRange(text: string): Parsed<PortRange> {
  const ends = text.split('-').map((end) => parsePort(end));
  const [first, last = first] = ends;
  if (ends.length > 2 || !first?.ok || !last?.ok || first.value > last.value) {
    return expected(`ports from 1 to 65535 or ascending ranges such as 8000-8100`);
  }
  return parsed({ first: first.value, last: last.value });
}

export function formatPortRange({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

/** Whether `text` can name a container's port (IsValidPortName in k8s.io/apimachinery/pkg/util/validation). */
export const isPortName = (text: string): boolean =>
  text.length <= 15 && /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(text);

/** For constants of this program only; input goes through {@link parsePort}. */
export const port = (value: number): Port => value as Port;
