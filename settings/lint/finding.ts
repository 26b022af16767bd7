/** A part of a setting that changes nothing, and why. */
export interface Finding {
  readonly setting: string;
  readonly value: string;
  readonly why: string;
}

export const describeFinding = ({ setting, value, why }: Finding): string =>
  `${setting} ${value}: no effect: ${why}`;
