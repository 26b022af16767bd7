import type { Effect } from './ruleset.ts';

/** Targets after which the packet goes on as it was, for all that its destination is concerned. */
const harmless = new Set(
  'LOG NFLOG ULOG TCPMSS CHECKSUM TOS DSCP TTL HL CLASSIFY MASQUERADE SNAT NETMAP'.split(' '),
);

/** Reads a rule's words from `-j` or `-g` on. */
export function effectOf(words: readonly string[], isChain: (name: string) => boolean): Effect {
  const [flag, target, ...args] = words;
  if (target === undefined) return { kind: 'none', text: 'no target' };
  if (isChain(target)) return { kind: flag === '-g' ? 'goto' : 'jump', chain: target };
  const text = [target, ...args].join(' ');
  const value = (name: string): string | undefined => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1];
  };
  if (harmless.has(target)) return { kind: 'none', text };
  switch (target) {
    case 'RETURN':
      return { kind: 'return' };
    case 'ACCEPT':
      return { kind: 'accept' };
    case 'DROP':
      return { kind: 'drop' };
    case 'REJECT':
      return { kind: 'reset' };
    case 'REDIRECT': {
      const port = numberOf(value('--to-ports'));
      return port === undefined ? { kind: 'unknown', text } : { kind: 'redirect', port };
    }
    case 'TPROXY': {
      const port = numberOf(value('--on-port'));
      const [mark] = masked(value('--tproxy-mark') ?? '0x0/0x0') ?? [];
      if (port === undefined || mark === undefined) return { kind: 'unknown', text };
      return { kind: 'tproxy', port, mark };
    }
    case 'MARK': {
      const [set, mask] = masked(value('--set-xmark')) ?? [];
      if (set === undefined || mask === undefined) return { kind: 'unknown', text };
      return mask === 0xffffffff ? { kind: 'mark', mark: set } : { kind: 'xmark', value: set, mask };
    }
    case 'CT':
      // Of what is not tracked, nat knows nothing.
      return { kind: args[0] === '--zone-orig' ? 'none' : 'unknown', text };
    case 'CONNMARK': {
      const [set, mask] = masked(value('--set-xmark')) ?? [];
      if (set !== undefined && mask === 0xffffffff) return { kind: 'connection-mark', mark: set };
      return { kind: args[0] === '--save-mark' || args[0] === '--set-xmark' ? 'none' : 'unknown', text };
    }
    default:
      return { kind: 'unknown', text };
  }
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^(0x[0-9a-f]+|\d+)$/.test(text) ? Number(text) : undefined;

/** `0x1/0xffffffff`, as value and mask. */
function masked(text: string | undefined): readonly [number, number] | undefined {
  const [number, mask = '0xffffffff'] = (text ?? '').split('/');
  const [one, other] = [numberOf(number), numberOf(mask)];
  return one === undefined || other === undefined ? undefined : [one, other];
}
