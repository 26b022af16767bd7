import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { applyScript, nftChains } from '../../../init/nftables/script.ts';
import type { SharedRule } from '../../../init/nftables/share.ts';
import { statements } from '../../../init/nftables/statement.ts';
import type { Match, Rule } from '../../../init/rules/rule.ts';
import { rulesFor } from '../../../init/rules/rules.ts';
import { type Cidr, type Family, parseCidr } from '../../../settings/cidr.ts';
import { port } from '../../../settings/port.ts';
import { settingsOf } from '../settings.ts';

const dual = ['ipv4', 'ipv6'] as const;

const scenarios: readonly { golden: string; families: readonly Family[]; flags: Record<string, string> }[] = [
  { golden: 'default-dual', families: dual, flags: {} },
  { golden: 'two-uids-ipv4', families: ['ipv4'], flags: { 'proxy-uid': '51337,4294967294' } },
  {
    golden: 'excludes-dual',
    families: dual,
    flags: {
      'exclude-inbound-ports': '22',
      'exclude-outbound-ports': '3306,5432-5433',
      'exclude-outbound-cidrs': '10.0.0.0/8,fd00:10::/32,169.254.169.254/32',
    },
  },
  {
    golden: 'includes-dual',
    families: dual,
    flags: {
      'outbound-port': '16001',
      'inbound-port': '16006',
      'include-outbound-cidrs': '13.0.0.0/8,10.0.0.0/8,2001:db8::/32,12.0.0.0/8,10.2.0.0/16',
      'exclude-outbound-cidrs': '10.1.0.0/16',
      'include-outbound-ports': '443',
      'include-inbound-ports': '9000-9050,8080,9040-9100',
    },
  },
];

describe('The rules for nftables', () => {
  for (const { golden, families, flags } of scenarios) {
    it(`are those of nftables-${golden}.nft`, () => {
      const wanted = readFileSync(new URL(`golden/${golden}.nft`, import.meta.url), 'utf8');
      const rules = (family: Family) => rulesFor(settingsOf(flags), family);
      const chains = nftChains(families.map((family) => ({ family, rules: rules(family) })));
      expect(applyScript(chains)).to.equal(wanted);
    });
  }

  it('are written without a deletion where there was no table, and whole if there is one by then', () => {
    const chains = nftChains([{ family: 'ipv4', rules: rulesFor(settingsOf({}), 'ipv4') }]);
    const [replaced, first] = [applyScript(chains, 'table'), applyScript(chains, 'no-table')];
    expect(first).to.equal(replaced.replace('delete table', 'flush table'));
  });

  it('know every match and every verdict of the model', () => {
    const cases: readonly [Partial<Rule>, readonly string[]][] = [
      [
        { match: { inInterface: 'eth+', notProtocol: 'tcp' }, verdict: { kind: 'drop' } },
        ['iifname "eth*" meta l4proto != tcp drop'],
      ],
      [
        { match: { protocol: 'udp', destinationPorts: [{ first: port(53), last: port(53) }] } },
        ['udp dport 53 return'],
      ],
      [
        { match: { state: 'INVALID', uid: 1, gid: 0 } },
        ['meta skuid 1 meta skgid 0 ct state invalid return'],
      ],
      [
        {
          match: { state: 'RELATED,ESTABLISHED', direction: 'REPLY', mark: 26 },
          verdict: { kind: 'mark', mark: 0x539 },
        },
        ['ct state established,related ct direction reply meta mark 0x1a meta mark set 0x539'],
      ],
      [
        {
          match: { gid: 7, direction: 'ORIGINAL', connectionMark: 26 },
          verdict: { kind: 'connection-mark', mark: 0x539 },
        },
        ['meta skgid 7 ct direction original ct mark 0x1a ct mark set 0x539'],
      ],
      [
        { match: { protocol: 'tcp', syn: true }, verdict: { kind: 'reset' } },
        ['tcp flags & (fin | syn | rst | ack) == syn reject with tcp reset'],
      ],
      [
        { match: { protocol: 'tcp', syn: true, destinationPorts: [{ first: port(1), last: port(2) }] } },
        ['tcp dport 1-2 tcp flags & (fin | syn | rst | ack) == syn return'],
      ],
      [
        { match: { outInterface: 'lo' }, verdict: { kind: 'zone', zone: 1 } },
        ['oifname "lo" ct original zone set 1'],
      ],
      [
        {
          match: { protocol: 'tcp', foreignSource: true },
          verdict: { kind: 'source-ports', ports: { first: port(1024), last: port(32767) } },
        },
        ['meta l4proto tcp fib saddr type != local snat to :1024-32767'],
      ],
      [
        { match: { protocol: 'tcp' }, verdict: { kind: 'tproxy', port: 15006, mark: 1 } },
        ['meta l4proto tcp tproxy to :15006 meta mark set 0x1 accept', 'meta l4proto tcp drop'],
      ],
    ];
    for (const [rule, wanted] of cases) expect(statements(shared(rule))).to.deep.equal(wanted);
  });

  it('of one family are guarded where no address tells it', () => {
    const tproxy: Partial<Rule> = {
      match: { protocol: 'tcp' },
      verdict: { kind: 'tproxy', port: 1, mark: 1 },
    };
    expect(statements({ ...shared(tproxy), family: 'ipv6' })).to.deep.equal([
      'meta nfproto ipv6 meta l4proto tcp tproxy ip6 to :1 meta mark set 0x1 accept',
      'meta nfproto ipv6 meta l4proto tcp drop',
    ]);
    const everything = ['0.0.0.0/1', '128.0.0.0/1'].map((text) => ({ destination: cidr(text) }));
    expect(statements({ ...like(...everything), family: 'ipv4' })).to.deep.equal([
      'meta nfproto ipv4 return',
    ]);
    const some = ['10.0.0.0/8', '10.9.0.0/16', '11.0.0.0/9', '1.2.3.4/32'];
    const sources = some.map((text) => ({ source: cidr(text) }));
    expect(statements({ ...like(...sources), family: 'ipv4' })).to.deep.equal([
      'ip saddr { 1.2.3.4, 10.0.0.0-11.127.255.255 } return',
    ]);
    const types = [3, 11, 4].map((icmpType) => ({ protocol: 'icmp', icmpType }) as const);
    expect(statements({ ...like(...types), family: 'ipv4' })).to.deep.equal(['icmp type { 3-4, 11 } return']);
  });

  it('have a chain for each table and hook', () => {
    const entries = (['nat', 'mangle', 'filter'] as const).flatMap((table) =>
      ['PREROUTING', 'FORWARD', 'OUTPUT'].map(
        (chain): Rule => ({ table, chain, match: {}, verdict: { kind: 'accept' }, reason: 'x' }),
      ),
    );
    const heads = applyScript(nftChains([{ family: 'ipv4', rules: entries }])).match(/type .*;/g);
    expect(heads).to.deep.equal([
      'type nat hook prerouting priority -101; policy accept;',
      'type nat hook forward priority -101; policy accept;',
      'type nat hook output priority -101; policy accept;',
      'type filter hook prerouting priority -151; policy accept;',
      'type filter hook forward priority -151; policy accept;',
      'type route hook output priority -151; policy accept;',
      'type filter hook prerouting priority -1; policy accept;',
      'type filter hook forward priority -1; policy accept;',
      'type filter hook output priority -1; policy accept;',
    ]);
  });

  it('explain themselves in comments that nft can read', () => {
    const rule = { ...shared({ match: {} }).rule, reason: `say "${'ä'.repeat(80)}` };
    const text = applyScript(nftChains([{ family: 'ipv4', rules: [rule] }]));
    expect(/ comment "([^"]*)"$/m.exec(text)?.[1]).to.equal(`say '${'ä'.repeat(61)}`);
  });
});

const like = (...matches: readonly Match[]): SharedRule => ({
  ...shared({ match: matches[0] ?? {} }),
  matches,
});

function shared(given: Partial<Rule>): SharedRule {
  const rule: Rule = {
    table: 'nat',
    chain: 'X',
    match: {},
    verdict: { kind: 'return' },
    reason: 'x',
    ...given,
  };
  return { rule, matches: [rule.match] };
}

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
}
