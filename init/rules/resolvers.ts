import { type Cidr, parseCidr } from '../../settings/cidr.ts';

/** The addresses of the DNS servers that resolv.conf(5) names, in its order; each once. */
export function parseResolvers(text: string): readonly Cidr[] {
  const found = new Map<string, Cidr>();
  for (const line of text.split('\n')) {
    const [, address = ''] = /^\s*nameserver\s+([0-9A-Fa-f.:]+)/.exec(line) ?? [];
    const cidr = parseCidr(`${address}/${address.includes(':') ? 128 : 32}`);
    if (cidr.ok) found.set(cidr.value.text, cidr.value);
  }
  return [...found.values()];
}
