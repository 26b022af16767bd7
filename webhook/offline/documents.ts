import {
  Composer,
  type Document,
  LineCounter,
  type ParsedNode,
  Parser,
  type Tags,
  type YAMLParseError,
} from 'yaml';
import { describeObject } from './describe-object.ts';
import { splitJson } from './json-values.ts';

/** One document of a file that holds something. */
export interface ManifestDocument {
  /** Counted from 1, empty documents included. */
  readonly number: number;
  /** The number, and the line of the file on which its content starts, in words. */
  readonly where: string;
  readonly node: Document.Parsed<ParsedNode>;
  readonly json: unknown;
}

/** `problems`: one line each, with the document and the line in it. */
export interface ParsedDocuments {
  readonly documents: readonly ManifestDocument[];
  readonly problems: readonly string[];
}

const options = {
  keepSourceTokens: true,
  prettyErrors: false,
  version: '1.1',
  merge: true,
  customTags: kubernetesTags,
  logLevel: 'silent',
} as const;

/** Reads YAML or JSON as Kubernetes does. Every document's errors come back at once. */
export function parseDocuments(text: string): ParsedDocuments {
  const lines = new LineCounter();
  const parsed = splitJson(text).flatMap((piece) => {
    const parser = new Parser(lines.addNewLine);
    parser.offset = piece.start;
    return [...new Composer({ ...options, lineCounter: lines }).compose(parser.parse(piece.text))];
  });
  const documents: ManifestDocument[] = [];
  const problems: string[] = [];
  for (const [index, node] of parsed.entries()) {
    if (node.contents === null && node.errors.length === 0) continue;
    const number = index + 1;
    const start = node.contents?.range[0] ?? node.range[0];
    const where = `document ${number} (line ${lines.linePos(start).line})`;
    const json = toJson(node);
    const name = json.ok ? describeObject(json.value) : '';
    problems.push(
      ...mostTelling(node.errors).map(
        (error) => `${where}${name}: line ${lines.linePos(error.pos[0]).line}: ${describe(error, text)}`,
      ),
    );
    if (!json.ok) problems.push(`${where}: ${json.problem}`);
    if (node.errors.length === 0 && json.ok) documents.push({ number, where, node, json: json.value });
  }
  return { documents, problems };
}

function toJson(node: Document.Parsed): { ok: true; value: unknown } | { ok: false; problem: string } {
  try {
    return { ok: true, value: node.toJS() };
  } catch (error) {
    // Aliases within aliases, which would unfold without end, or of an anchor that is not there.
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** What follows the first error in the syntax are its consequences. */
function mostTelling(errors: readonly YAMLParseError[]): YAMLParseError[] {
  const syntax = errors.filter(({ code }) => code !== 'DUPLICATE_KEY').slice(0, 1);
  const duplicates = errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  return [...syntax, ...duplicates].sort((one, other) => one.pos[0] - other.pos[0]);
}

function describe({ code, message, pos }: YAMLParseError, text: string): string {
  if (code !== 'DUPLICATE_KEY') return message;
  const [key] = /^"[^"]*"|^'[^']*'|^[^:\s]+/.exec(text.slice(pos[0])) ?? [''];
  return `the key ${key} is there already: remove one of them`;
}

/** What the Go parser of Kubernetes (sigs.k8s.io/yaml) leaves as text of YAML 1.1: dates, and times to the base of 60. */
function kubernetesTags(tags: Tags): Tags {
  return tags.filter(
    (tag) => typeof tag === 'string' || !(tag.tag.endsWith(':timestamp') || tag.format === 'TIME'),
  );
}
