import { expected, type Parsed, parsed } from './result.ts';

/** A Kubernetes resource quantity: the text as given, and its value (cores or bytes) for comparing. */
export interface Quantity {
  readonly text: string;
  readonly value: number;
}

const powersOfTen: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

const powersOfTwo: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

const wanted = 'a quantity greater than zero, such as 100m or 128Mi';

/** Grammar: k8s.io/apimachinery/pkg/api/resource, without signs, since a container cannot ask for less than nothing. */
export function parseQuantity(text: string): Parsed<Quantity> {
  const match = /^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:([eE][+-]?[0-9]{1,2})|([numkMGTPE]|[KMGTPE]i)?)$/.exec(
    text,
  );
  if (!match) return expected(wanted);
  const [, digits = '', exponent = '', suffix = ''] = match;
  const two = powersOfTwo[suffix];
  // Read in one piece: multiplied by 0.001, 700m would be 0.7000000000000001, and above 0.7.
  const value =
    two === undefined
      ? Number(`${digits}${exponent || `e${powersOfTen[suffix]}`}`)
      : Number(digits) * 2 ** two;
  return Number.isFinite(value) && value > 0 ? parsed({ text, value }) : expected(wanted);
}
