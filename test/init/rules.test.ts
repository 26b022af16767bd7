import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ruleText } from '../../init/chains.ts';
import { renderLines } from '../../init/rule-lines.ts';
import { rulesFor } from '../../init/rules.ts';
import type { Family } from '../../settings/cidr.ts';
import { settingsOf } from './settings.ts';

const excludes = {
  'exclude-inbound-ports': '22',
  'exclude-outbound-ports': '3306,5432-5433',
  'exclude-outbound-cidrs': '10.0.0.0/8,fd00:10::/32,169.254.169.254/32',
};

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
      const rules = rulesFor(settingsOf(flags), family).flatMap(renderLines);
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

  it('each have a reason in one line', () => {
    for (const { reason } of rulesFor(settingsOf(excludes), 'ipv4').flatMap(renderLines))
      expect(reason).to.match(/^[^\n]+$/);
  });
});
