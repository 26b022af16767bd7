import { expected, type Parsed, parsed } from './result.ts';

/** Four decimals are as fine as Envoy samples: one in a million. */
export const percentage = {
  parse: (text: string): Parsed<number> =>
    /^[0-9]{1,3}(\.[0-9]{1,4})?$/.test(text) && Number(text) <= 100
      ? parsed(Number(text))
      : expected('a percentage from 0 to 100 with at most four decimals, such as 1 or 0.5'),
  format: String,
};
