import type { Right } from './right.ts';

/**
 * The rights in docs/security-model.md. A table for each account has its name in the head, and in each row verbs and,
 * as code, what they are for; then where.
 */
export function readDocumentedRights(text: string): readonly Right[] {
  let account: string | undefined;
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('| ')) return [];
    const [, may = '', where = ''] = line.split('|').map((cell) => cell.trim());
    if (where === 'where') account = /`([\w-]+)`/.exec(may)?.[1];
    const verbs = /^[a-z, ]+(?= `)/.exec(may)?.[0].split(', ') ?? [];
    const [, namespace] = /`([\w-]+)`/.exec(where) ?? [];
    if (account === undefined || (namespace === undefined && where !== 'everywhere')) return [];
    const of = account;
    return [...may.matchAll(/`([^`]+)`/g)].flatMap(([, object = '']) =>
      verbs.map((verb) => ({
        account: of,
        verb,
        resource: object,
        ...(namespace !== undefined && { namespace }),
      })),
    );
  });
}
