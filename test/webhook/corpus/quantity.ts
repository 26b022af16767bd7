/** The value of a Kubernetes quantity, for comparing: from its documentation, apart from the parser under test. */
export function valueOfQuantity(quantity: string | number): number {
  const match = /^([0-9.]+)(?:e([0-9+-]+)|([numkMGTPE]?)(i?))$/i.exec(`${quantity}`);
  if (match === null) throw new Error(`${quantity}: no quantity`);
  const [, digits, exponent = '0', letter = '', binary] = match;
  const power =
    { n: -3, u: -2, m: -1, '': 0, k: 1, M: 2, G: 3, T: 4, P: 5, E: 6, K: 1 }[letter] ?? Number.NaN;
  return Number(digits) * 10 ** Number(exponent) * (binary ? 1024 : 1000) ** power;
}
