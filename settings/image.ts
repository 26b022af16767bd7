import { expected, type Parsed, parsed } from './result.ts';

/**
 * Grammar: github.com/distribution/reference. A registry may be written in capitals and with a port, a repository
 * may not: a kubelet refuses it, once the pod is on a node (`InvalidImageName`).
 */
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const registry = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const name = `(?:${registry}/)?${component}(?:/${component})*`;
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const digest = 'sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}';
const reference = new RegExp(`^(?<name>${name})(?::${tag})?(?:@(?:${digest}))?$`);

/** The longest name, without tag and digest, that the grammar takes. */
const longestName = 255;

/** Longer than any reference: a name, a tag, a sha512. Keeps hostile texts away from the expression. */
const longest = longestName + ':'.length + 128 + '@sha512:'.length + 128;

/** Parses `repository[:tag][@digest]`, with or without a registry; the text is kept as it is. */
export function parseImage(text: string): Parsed<string> {
  const match = text.length <= longest ? reference.exec(text) : null;
  return match !== null && (match.groups?.name ?? '').length <= longestName
    ? parsed(text)
    : expected('an image reference such as envoyproxy/envoy:distroless-v1.40.0');
}
