import { expected, type Parsed, parsed } from '../../settings/result.ts';
import { revisionLabel } from './names.ts';

/** One injector of several, by what it was installed as; `undefined` is the one that was installed without a revision. */
export type Revision = string | undefined;

/** An RFC 1123 label, and short: it ends the names of all that is installed of the revision. */
const form = /^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/;

export const parseRevision = (text: string): Parsed<string> =>
  form.test(text) ? parsed(text) : expected('1 to 20 lowercase letters, digits and inner dashes');

/** What an object is called in the installation of a revision: `outrider-webhook-canary`. */
export const nameIn = (revision: Revision, name: string): string =>
  revision === undefined ? name : `${name}-${revision}`;

/** Which injector a pod asks for: the pod's own word, or else its namespace's. */
export const askedRevision = (
  { labels }: { readonly labels: Readonly<Record<string, string>> },
  ofNamespace: Revision,
): Revision => labels[revisionLabel] ?? ofNamespace;

/** After a noun: `the injector of revision canary`. */
export const describeRevision = (revision: Revision): string =>
  revision === undefined ? 'without a revision' : `of revision ${revision}`;

/** `one of revision canary, one without a revision`. */
export const describeRevisions = (revisions: readonly Revision[]): string =>
  revisions.map((revision) => `one ${describeRevision(revision)}`).join(', ');
