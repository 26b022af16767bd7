import { expected, type Parsed, parsed } from './result.ts';

/** A Kubernetes resource quantity: the text as given, and its value (cores or bytes) for comparing. */
export interface Quantity {
  readonly text: string;
  readonly value: number;
}

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const wanted = 'a quantity greater than zero, such as 100m or 128Mi';

/** Grammar: k8s.io/apimachinery/pkg/api/resource, without signs, since a container cannot ask for less than nothing. */
export function parseQuantity(text: string): Parsed<Quantity> {
  const match = /^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:([eE][+-]?[0-9]{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/.exec(
    text,
  );
  if (!match) return expected(wanted);
  const [, digits = '', exponent = '', suffix = ''] = match;
  const value = Number(`${digits}${exponent}`) * (suffixes[suffix] ?? Number.NaN);
  return Number.isFinite(value) && value > 0 ? parsed({ text, value }) : expected(wanted);
}
