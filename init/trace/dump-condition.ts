import { addressBlock, type Block, blockOf } from '../../settings/block.ts';
import { parseCidr } from '../../settings/cidr.ts';
import { type PortRange, port } from '../../settings/port.ts';
import type { Condition } from '../rules/condition.ts';

/** What has been read of a rule's words, and where to read on. */
export interface Reading {
  readonly conditions: readonly Condition[];
  readonly next: number;
}

/** A condition before `!` is seen to. `null`: every first packet of a connection is so. */
type Positive = Condition | null | undefined;

const not = false;

/** The flags that are known, each with one value; what gives undefined for its value is not understood. */
const flags: Readonly<Record<string, (value: string) => Positive>> = {
  '-s': (value) => address('source', value),
  '-d': (value) => address('destination', value),
  '-i': (name) => ({ kind: 'in', name, not }),
  '-o': (name) => ({ kind: 'out', name, not }),
  '-p': (name) => (name === 'all' ? null : { kind: 'protocol', name, not }),
  '--dport': (value) => portsOf('ports', value),
  '--dports': (value) => portsOf('ports', value),
  '--sport': (value) => portsOf('sourcePorts', value),
  '--sports': (value) => portsOf('sourcePorts', value),
  '--uid-owner': (value) => owner('uid', value),
  '--gid-owner': (value) => owner('gid', value),
  '--ctstate': (value) => ({ kind: 'state', states: value.split(','), not }),
  '--state': (value) => ({ kind: 'state', states: value.split(','), not }),
  '--ctdir': (name) => ({ kind: 'direction', name, not }),
  '--mark': mark,
  '--icmp-type': icmp,
  '--icmpv6-type': icmp,
  '--src-type': (value) => (value === 'LOCAL' ? { kind: 'localSource', not } : undefined),
  '--dst-type': (value) => (value === 'LOCAL' ? { kind: 'localDestination', not } : undefined),
};

/** Extensions whose flags are above; the name alone asks for nothing. */
const modules = new Set(
  'tcp udp icmp icmp6 multiport owner conntrack state mark addrtype comment'.split(' '),
);

/** Reads the condition that starts at `words[next]`. */
export function conditionAt(words: readonly string[], { conditions, next }: Reading): Reading {
  const negated = words[next] === '!';
  const at = negated ? next + 1 : next;
  const [flag = '', value = ''] = words.slice(at, at + 2);
  if (flag === '--comment' || (flag === '-m' && modules.has(value))) return { conditions, next: at + 2 };
  if (flag === '--tcp-flags' && words.slice(at + 1, at + 3).join(' ') === 'FIN,SYN,RST,ACK SYN') {
    return { conditions: [...conditions, { kind: 'syn', not: negated }], next: at + 3 };
  }
  if (flag === '-m' && value === 'connmark') {
    const ofConnection = connectionMark(words.slice(at + 2));
    if (ofConnection !== undefined) {
      return { conditions: [...conditions, ofConnection], next: at + (ofConnection.not ? 5 : 4) };
    }
  }
  const read = Object.hasOwn(flags, flag) ? flags[flag]?.(value) : undefined;
  if (read === null && !negated) return { conditions, next: at + 2 };
  if (read) return { conditions: [...conditions, { ...read, not: negated }], next: at + 2 };
  return unknownAt(words, { conditions, next });
}

/** Up to the next flag, or for an extension that is not known up to the next extension. */
function unknownAt(words: readonly string[], { conditions, next }: Reading): Reading {
  const start = words[next] === '!' ? next + 1 : next;
  const end = words.findIndex((word, index) => {
    if (index <= start) return false;
    return words[start] === '-m' ? word === '-m' : word.startsWith('-') || word === '!';
  });
  const last = end < 0 ? words.length : end;
  const text = words.slice(next, last).join(' ');
  return { conditions: [...conditions, { kind: 'unknown', text, not }], next: last };
}

function address(kind: 'source' | 'destination', value: string): Positive {
  const cidr = parseCidr(value);
  const block: Block | undefined = cidr.ok ? blockOf(cidr.value) : addressBlock(value);
  return block && { kind, block, not };
}

/** `80`, `80,443`, `8000:8100`. */
function portsOf(kind: 'ports' | 'sourcePorts', value: string): Positive {
  const ranges = value.split(',').map((item): PortRange | undefined => {
    const [, first, last = first] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(item) ?? [];
    return first === undefined ? undefined : { first: port(Number(first)), last: port(Number(last)) };
  });
  const known = ranges.filter((range) => range !== undefined);
  return known.length === ranges.length ? { kind, ranges: known, not } : undefined;
}

function owner(kind: 'uid' | 'gid', value: string): Positive {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(value) ?? [];
  return first === undefined ? undefined : { kind, first: Number(first), last: Number(last), not };
}

function mark(value: string): Positive {
  const [, number, mask = '0xffffffff'] = /^(0x[0-9a-f]+|\d+)(?:\/(0x[0-9a-f]+|\d+))?$/.exec(value) ?? [];
  return number === undefined ? undefined : { kind: 'mark', value: Number(number), mask: Number(mask), not };
}

/** `--mark 0x1` behind `-m connmark`: the flag has the name of that for the packet's own mark. */
function connectionMark(words: readonly string[]): Condition | undefined {
  const negated = words[0] === '!';
  const [flag, value = ''] = words.slice(negated ? 1 : 0);
  const read = flag === '--mark' ? mark(value) : undefined;
  if (read?.kind !== 'mark' || read.mask !== 0xffffffff) return undefined;
  return { kind: 'connectionMark', value: read.value, not: negated };
}

function icmp(value: string): Positive {
  return /^\d+$/.test(value) ? { kind: 'icmp', type: Number(value), not } : undefined;
}
