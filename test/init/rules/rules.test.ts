import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { renderLines } from '../../../init/iptables/rule-lines.ts';
import { ruleText } from '../../../init/rules/chains.ts';
import { familiesWithRules, rulesFor, rulesOf } from '../../../init/rules/rules.ts';
import { block } from '../../../init/rules/selection.ts';
import type { Family } from '../../../settings/cidr.ts';
import { settingsOf } from '../settings.ts';

const excludes = {
  'exclude-inbound-ports': '22',
  'exclude-outbound-ports': '3306,5432-5433',
  'exclude-outbound-cidrs': '10.0.0.0/8,fd00:10::/32,169.254.169.254/32',
};

const resolvers = ['10.96.0.10/32', '10.96.0.11/32', 'fd00:96::a/128'].map(block);

const scenarios: readonly { golden: string; family: Family; flags: Record<string, string> }[] = [
  { golden: 'default-ipv4', family: 'ipv4', flags: {} },
  { golden: 'default-ipv6', family: 'ipv6', flags: {} },
  { golden: 'two-uids-ipv4', family: 'ipv4', flags: { 'proxy-uid': '51337,4294967294' } },
  { golden: 'excludes-ipv4', family: 'ipv4', flags: excludes },
  { golden: 'excludes-ipv6', family: 'ipv6', flags: excludes },
  {
    golden: 'includes-ipv4',
    family: 'ipv4',
    flags: {
      'outbound-port': '16001',
      'inbound-port': '16006',
      'include-outbound-cidrs': '10.0.0.0/8,2001:db8::/32',
      'exclude-outbound-cidrs': '10.1.0.0/16',
      'include-outbound-ports': '443',
      'include-inbound-ports': '8080,9000-9100',
    },
  },
  {
    golden: 'nothing-captured-ipv4',
    family: 'ipv4',
    flags: { 'exclude-outbound-cidrs': '*', 'exclude-inbound-ports': '*' },
  },
  {
    golden: 'left-alone-ipv4',
    family: 'ipv4',
    flags: {
      'exclude-inbound-ports': '22',
      'exclude-inbound-cidrs': '192.0.2.0/24,2001:db8::/32',
      'exclude-interfaces': 'eth1',
      'exclude-uids': '0,1001',
      'exclude-gids': '2002',
      'proxy-gid': '51337,51338',
      'drop-invalid': 'true',
    },
  },
  {
    golden: 'guests-ipv6',
    family: 'ipv6',
    flags: {
      'virtual-interfaces': 'tap0,tap1',
      'exclude-outbound-ports': '25',
      'exclude-outbound-cidrs': '10.0.0.0/8,fd00:10::/32',
    },
  },
  {
    golden: 'tproxy-guest-ipv4',
    family: 'ipv4',
    flags: {
      'redirect-mode': 'tproxy',
      'virtual-interfaces': 'tap0',
      'exclude-interfaces': 'eth1',
      'include-outbound-cidrs': '10.0.0.0/8',
      'include-inbound-ports': '8080,9000-9100',
      'proxy-gid': '51337',
    },
  },
  { golden: 'tproxy-ipv6', family: 'ipv6', flags: { 'redirect-mode': 'tproxy', 'drop-invalid': 'true' } },
  { golden: 'blackhole-ipv4', family: 'ipv4', flags: { 'outbound-policy': 'blackhole' } },
  { golden: 'blackhole-ipv6', family: 'ipv6', flags: { 'outbound-policy': 'blackhole' } },
  {
    golden: 'many-ports-ipv4',
    family: 'ipv4',
    flags: {
      'exclude-inbound-ports': '1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16',
      'exclude-outbound-ports': '10-19,20-29,30-39,40-49,50-59,60-69,70-79,80-89,90',
    },
  },
];

describe('The rules', () => {
  for (const { golden, family, flags } of scenarios) {
    it(`are those of ${golden}.txt`, () => {
      const wanted = readFileSync(new URL(`golden/${golden}.txt`, import.meta.url), 'utf8');
      const rules = rulesFor(settingsOf(flags), family, resolvers).flatMap(renderLines);
      expect(`${rules.map(ruleText).join('\n')}\n`).to.equal(wanted);
    });
  }

  it('give every address as no match at all, as the kernel stores it', () => {
    const rules = rulesFor(settingsOf({ 'include-outbound-cidrs': '10.0.0.0/8,0.0.0.0/0' }), 'ipv4').flatMap(
      renderLines,
    );
    const outbound = rules.filter(({ spec }) => spec.endsWith('-j OUTRIDER_REDIRECT'));
    expect(outbound.map(({ spec }) => spec)).to.deep.equal([
      '-d 10.0.0.0/8 -j OUTRIDER_REDIRECT',
      '-j OUTRIDER_REDIRECT',
    ]);
  });

  it('capture no destination when nothing is included', () => {
    const rules = rulesFor(
      settingsOf({ 'include-outbound-cidrs': '', 'include-inbound-ports': '' }),
      'ipv6',
    ).flatMap(renderLines);
    const lead = rules.filter(({ spec }) => /^(-d \S+ )?-j OUTRIDER_(IN_)?REDIRECT$/.test(spec));
    expect(lead).to.deep.equal([]);
  });

  it('of the cage hold for guests too, whose packets are forwarded', () => {
    const flags = { 'outbound-policy': 'blackhole', 'virtual-interfaces': 'tap0' };
    const rules = rulesFor(settingsOf(flags), 'ipv4').flatMap(renderLines).map(ruleText);
    expect(rules.filter((rule) => rule.endsWith('-j OUTRIDER_CAGE'))).to.deep.equal([
      '-A OUTPUT ! -p tcp -j OUTRIDER_CAGE',
      '-A FORWARD -i lo -j OUTRIDER_CAGE',
      '-A FORWARD -i tap0 ! -p tcp -j OUTRIDER_CAGE',
    ]);
  });

  describe('of a family that is not captured', () => {
    const caged = { 'outbound-policy': 'blackhole', 'ip-families': 'ipv4', 'virtual-interfaces': 'tap0' };
    const linesOf = (flags: Readonly<Record<string, string>>) =>
      rulesOf(settingsOf(flags), ['ipv4'], resolvers)('ipv6').flatMap(renderLines).map(ruleText);

    it('are a cage that holds TCP too, where there is one', () => {
      const lines = linesOf(caged);
      expect(lines.slice(0, 6)).to.deep.equal([
        '-A OUTPUT -j OUTRIDER_CAGE',
        '-A FORWARD -i lo -j OUTRIDER_CAGE',
        '-A FORWARD -i tap0 -j OUTRIDER_CAGE',
        '-A OUTRIDER_CAGE -o lo -j RETURN',
        '-A OUTRIDER_CAGE -p tcp -m conntrack --ctdir REPLY -j RETURN',
        '-A OUTRIDER_CAGE -d fd00:96::a/128 -p udp -m multiport --dports 53 -j RETURN',
      ]);
      expect(lines.at(-1)).to.equal('-A OUTRIDER_CAGE -j DROP');
    });

    it('are none without a cage, or where it may be left open', () => {
      expect(linesOf({})).to.deep.equal([]);
      expect(linesOf({ ...caged, 'allow-uncaptured-family': 'true' })).to.deep.equal([]);
    });

    it('are written beside those that are captured, each family once', () => {
      const [both, settings] = [['ipv4', 'ipv6'] as const, settingsOf(caged)];
      expect(familiesWithRules(settings, ['ipv6'], both)).to.deep.equal(['ipv6', 'ipv4']);
      expect(familiesWithRules(settings, ['ipv4'], ['ipv4'])).to.deep.equal(['ipv4']);
      expect(familiesWithRules(settingsOf({}), ['ipv4'], both)).to.deep.equal(['ipv4']);
    });
  });

  it('each have a reason in one line', () => {
    for (const { reason } of rulesFor(settingsOf(excludes), 'ipv4').flatMap(renderLines))
      expect(reason).to.match(/^[^\n]+$/);
  });
});
