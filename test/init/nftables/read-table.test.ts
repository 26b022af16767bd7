import { expect } from 'chai';
import { InitError } from '../../../init/init-error.ts';
import { compareTable } from '../../../init/nftables/comparison.ts';
import { readTable } from '../../../init/nftables/read-table.ts';
import { nftChains } from '../../../init/nftables/script.ts';
import type { Match, Rule, Verdict } from '../../../init/rules/rule.ts';
import { parseCidr } from '../../../settings/cidr.ts';

const table = { table: { family: 'inet', name: 'outrider', handle: 2 } };
const chain = (name: string, hook: object = {}) => ({
  chain: { family: 'inet', table: 'outrider', name, handle: 1, ...hook },
});
const rule = (name: string, ...expr: readonly object[]) => ({
  rule: { family: 'inet', table: 'outrider', chain: name, handle: 8, comment: 'why', expr },
});
const listing = (...objects: readonly object[]): string =>
  JSON.stringify({
    nftables: [{ metainfo: { version: '1.0.6', json_schema_version: 1 } }, table, ...objects],
  });

const meta = (key: string, right: unknown, op = '==') => ({ match: { op, left: { meta: { key } }, right } });
const ct = (key: string, right: unknown, op = 'in') => ({ match: { op, left: { ct: { key } }, right } });
const payload = (protocol: string, field: string, right: unknown, op = '==') => ({
  match: { op, left: { payload: { protocol, field } }, right },
});

/** A match of the flags of TCP, of which `all` are looked at and SYN alone is set. */
const opening = (all: unknown) => ({
  match: { op: '==', left: { '&': [{ payload: { protocol: 'tcp', field: 'flags' } }, all] }, right: 'syn' },
});

const specs = (...expr: readonly object[]): string | undefined =>
  readTable(listing(chain('X'), rule('X', ...expr))).rules[0]?.spec;

describe('The table as nft lists it', () => {
  it('has chains with their hooks, rules, and what is not of ours', () => {
    const hook = { type: 'nat', hook: 'output', prio: -101, policy: 'drop' };
    const text = listing(chain('nat_output', hook), chain('X'), rule('X', { return: null }), {
      set: { name: 'theirs', type: 'ipv4_addr' },
    });
    expect(readTable(text.replace('"handle":2', '"handle":2,"flags":"dormant"'))).to.deep.equal({
      chains: [
        { name: 'nat_output', hook: 'type nat hook output priority -101; policy drop;' },
        { name: 'X', hook: '' },
      ],
      rules: [{ chain: 'X', spec: 'return' }],
      others: ['flags dormant', 'set theirs'],
    });
  });

  it('has intervals in any order, cut and joined in any way', () => {
    const set = [
      { range: ['10.0.0.0', '10.127.255.255'] },
      '1.2.3.4',
      { prefix: { addr: '10.128.0.0', len: 9 } },
    ];
    expect(specs(payload('ip', 'daddr', { set }))).to.equal('ip daddr { 1.2.3.4, 10.0.0.0/8 }');
    const mapped = [{ prefix: { addr: '::ffff:0.0.0.0', len: 96 } }, '::0.0.0.6'];
    expect(specs(payload('ip6', 'saddr', { set: mapped }))).to.equal('ip6 saddr { ::6, ::ffff:0:0/96 }');
    const ports = { set: [443, { range: [80, 82] }, 83] };
    expect(specs(payload('tcp', 'dport', ports))).to.equal('tcp dport { 80-83, 443 }');
    const types = { set: ['packet-too-big', { range: ['nd-router-solicit', 134] }] };
    expect(specs(payload('icmpv6', 'type', types))).to.equal('icmpv6 type { 2, 133-134 }');
  });

  it('has all other matches and verdicts of ours', () => {
    const cases: readonly [readonly object[], string][] = [
      [[meta('nfproto', 'ipv6'), meta('l4proto', 'tcp', '!=')], 'meta nfproto ipv6 meta l4proto != tcp'],
      [[meta('iifname', 'eth*'), meta('oifname', 'lo')], 'iifname "eth*" oifname "lo"'],
      [[meta('skuid', 51337), meta('skgid', 0)], 'meta skuid 51337 meta skgid 0'],
      [[ct('state', ['established', 'related'])], 'ct state established,related'],
      [[ct('state', ['related', 'established'])], 'ct state established,related'],
      [[ct('state', 'invalid'), ct('direction', 'reply', '==')], 'ct state invalid ct direction reply'],
      [[meta('mark', 0x539), { jump: { target: 'Y' } }], 'meta mark 0x539 jump Y'],
      [[{ mangle: { key: { meta: { key: 'mark' } }, value: 26 } }], 'meta mark set 0x1a'],
      [[{ mangle: { key: { ct: { key: 'mark' } }, value: 26 } }], 'ct mark set 0x1a'],
      [[{ mangle: { key: { ct: { key: 'zone', dir: 'original' } }, value: 1 } }], 'ct original zone set 1'],
      [[{ snat: { port: { range: [1024, 32767] } } }], 'snat to :1024-32767'],
      [[ct('mark', 0x539, '=='), ct('direction', 'original', '==')], 'ct mark 0x539 ct direction original'],
      [[opening(['fin', 'syn', 'rst', 'ack'])], 'tcp flags & (fin | syn | rst | ack) == syn'],
      [[opening({ '|': ['fin', 'syn', 'rst', 'ack'] })], 'tcp flags & (fin | syn | rst | ack) == syn'],
      [[{ reject: { type: 'tcp reset' } }], 'reject with tcp reset'],
      [[{ redirect: { port: 15006 } }], 'redirect to :15006'],
      [[{ tproxy: { family: 'ip', port: 1 } }, { accept: null }], 'tproxy ip to :1 accept'],
      [[{ drop: null }], 'drop'],
    ];
    for (const [expr, wanted] of cases) expect(specs(...expr)).to.equal(wanted);
  });

  it('keeps what it does not know as JSON, so that it differs from all rules of ours', () => {
    for (const part of [
      { counter: { packets: 0, bytes: 0 } },
      { redirect: { port: 15006, flags: 'random' } },
      { tproxy: { addr: '10.0.0.1', port: 1 } },
      { mangle: { key: { ct: { key: 'event' } }, value: 26 } },
      { mangle: { key: { ct: { key: 'zone' } }, value: 1 } },
      { snat: { addr: '10.0.0.1', port: { range: [1, 2] } } },
      { reject: { type: 'icmp', expr: 'host-unreachable' } },
      opening(['syn', 'ack']),
      payload('ip', 'daddr', '@theirs'),
      payload('tcp', 'dport', { set: [{ elem: { val: 80, timeout: 1 } }] }),
      meta('mark', { '|': [1, 2] }),
      { limit: null },
    ]) {
      expect(specs(part)).to.equal(JSON.stringify(part));
    }
  });

  it('is dormant where nft breaks off', () => {
    const text = '{"nftables": [{"metainfo": {}}, {"table": {"name": "outrider", "handle": 1, "flags": \n';
    expect(readTable(text)).to.deep.equal({ chains: [], rules: [], others: ['flags dormant'] });
  });

  it('is refused when it is none', () => {
    for (const text of ['', '{}', '[]', 'null', '{"nftables":7}']) {
      expect(() => readTable(text), text).to.throw(InitError, /^inet: nft printed/);
    }
  });
});

describe('The comparison with the table', () => {
  const entry = (verdict: Verdict, match: Match = {}, name = 'X'): Rule => ({
    table: 'nat',
    chain: name,
    match,
    verdict,
    reason: 'why',
  });
  const destination = parseCidr('10.0.0.0/8');
  const wanted = nftChains([
    {
      family: 'ipv4',
      rules: [
        entry({ kind: 'jump', chain: 'X' }, { protocol: 'tcp' }, 'OUTPUT'),
        entry({ kind: 'return' }, destination.ok ? { destination: destination.value } : {}),
        entry({ kind: 'redirect', port: 1 }, { protocol: 'tcp' }),
      ],
    },
  ]);
  const hook = { type: 'nat', hook: 'output', prio: -101, policy: 'accept' };
  const ipv4 = meta('nfproto', 'ipv4');
  const tcp = meta('l4proto', 'tcp');
  const jump = rule('nat_output', ipv4, tcp, { jump: { target: 'X' } });
  const first = rule('X', payload('ip', 'daddr', { prefix: { addr: '10.0.0.0', len: 8 } }), { return: null });
  const second = rule('X', ipv4, tcp, { redirect: { port: 1 } });
  const heads = [chain('X'), chain('nat_output', hook)];
  const compare = (...objects: readonly object[]) =>
    compareTable(wanted, readTable(listing(...objects))).map(({ kind, line }) => `${kind} ${line}`);

  it('finds no difference where there is none, in whatever order the chains are listed', () => {
    expect(compare(...heads, first, jump, second)).to.deep.equal([]);
  });

  it('tells what is missing, with its reason, when there is no table', () => {
    expect(compareTable(wanted, undefined)).to.deep.equal([
      { kind: 'missing', line: 'chain nat_output { type nat hook output priority -101; policy accept; }' },
      { kind: 'missing', line: 'chain X' },
      {
        kind: 'missing',
        line: 'nat_output: meta nfproto ipv4 meta l4proto tcp jump X',
        reason: 'why',
      },
      { kind: 'missing', line: 'X: ip daddr 10.0.0.0/8 return', reason: 'why' },
      { kind: 'missing', line: 'X: meta nfproto ipv4 meta l4proto tcp redirect to :1', reason: 'why' },
    ]);
  });

  it('finds rules that are reordered, doubled, missing, or of others', () => {
    const ofFirst = 'X: ip daddr 10.0.0.0/8 return';
    const ofSecond = 'X: meta nfproto ipv4 meta l4proto tcp redirect to :1';
    expect(compare(...heads, jump, second, first)).to.deep.equal([`reordered ${ofFirst}`]);
    expect(compare(...heads, jump, first, first, second)).to.deep.equal([`extra ${ofFirst}`]);
    expect(compare(...heads, jump, first)).to.deep.equal([`missing ${ofSecond}`]);
    expect(compare(...heads, jump, rule('X', { accept: null }), first, second)).to.deep.equal([
      'extra X: accept',
    ]);
  });

  it('finds a chain at another place, and chains and sets of others', () => {
    const later = chain('nat_output', { ...hook, prio: 5 });
    const theirs = [chain('Y'), rule('Y', { drop: null }), { set: { name: 'theirs' } }];
    expect(compare(chain('X'), later, jump, first, second, ...theirs)).to.deep.equal([
      'missing chain nat_output { type nat hook output priority -101; policy accept; }',
      'extra chain nat_output { type nat hook output priority 5; policy accept; }',
      'extra chain Y',
      'extra set theirs',
      'extra Y: drop',
    ]);
  });
});
