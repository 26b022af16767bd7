export type Verb = 'get' | 'create' | 'patch';

/** What could not be done to one object where certificates are kept, and the remedy. The others are looked after all the same. */
export class ObjectFailure extends Error {
  readonly verb: Verb;
  /** As kubectl names it: `Secret/outrider-ca`. */
  readonly object: string;

  constructor(verb: Verb, object: string, problem: string, options?: ErrorOptions) {
    super(`cannot ${verb} ${object}: ${problem}`, options);
    this.name = 'ObjectFailure';
    this.verb = verb;
    this.object = object;
  }
}
