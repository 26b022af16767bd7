import { expect } from 'chai';
import { lint } from '../../../init/lint/lint.ts';
import { rulesFor } from '../../../init/rules/rules.ts';
import type { Family } from '../../../settings/cidr.ts';
import { describeFinding } from '../../../settings/lint/finding.ts';
import { settingsOf } from '../settings.ts';

function findings(flags: Record<string, string>, families: readonly Family[] = ['ipv4', 'ipv6']) {
  const settings = settingsOf(flags);
  const wanted = families.map((family) => ({ family, rules: rulesFor(settings, family) }));
  return lint(settings, wanted).map(describeFinding);
}

const clean: readonly { says: string; flags: Record<string, string> }[] = [
  { says: 'the defaults', flags: {} },
  {
    says: 'all kinds of settings, each with an effect',
    flags: {
      'exclude-outbound-cidrs': '10.0.0.0/8,fd00:10::/32',
      'exclude-outbound-ports': '22,80-90',
      'exclude-inbound-ports': '8081,15020-15090',
      'exclude-inbound-cidrs': '10.1.0.0/16,192.168.0.0/24',
      'exclude-interfaces': 'eth1',
      'virtual-interfaces': 'tap0,tap1',
      'exclude-uids': '0,1001',
      'exclude-gids': '2000',
      'proxy-gid': '51337',
      'drop-invalid': 'true',
      'outbound-policy': 'blackhole',
    },
  },
  {
    says: 'includes by address and by port',
    flags: {
      'include-outbound-cidrs': '10.0.0.0/8,2001:db8::/32',
      'exclude-outbound-cidrs': '10.1.0.0/16',
      'include-outbound-ports': '443',
      'include-inbound-ports': '8080,9000-9100',
      'exclude-inbound-ports': '9050',
    },
  },
  { says: 'TPROXY', flags: { 'redirect-mode': 'tproxy', 'exclude-inbound-ports': '22' } },
  { says: 'nothing captured', flags: { 'exclude-outbound-cidrs': '*', 'exclude-inbound-ports': '*' } },
];

describe('The lint', () => {
  for (const { says, flags } of clean) {
    it(`finds nothing in ${says}`, () => {
      expect(findings(flags)).to.deep.equal([]);
    });
  }

  it('finds what the settings alone tell, once for both families', () => {
    expect(findings({ 'exclude-inbound-ports': '15020', 'exclude-uids': '51337' })).to.deep.equal([
      'exclude-inbound-ports 15020: no effect: a port of the proxy itself, never captured',
      "exclude-uids 51337: no effect: the proxy's own user, left alone anyway",
    ]);
  });

  it('looks at 500 blocks and 200 ports in little time', () => {
    const list = (length: number, item: (index: number) => string): string =>
      Array.from({ length }, (_, index) => item(index)).join(',');
    const flags = {
      'include-outbound-cidrs': list(250, (index) => `10.${index}.0.0/16`),
      'exclude-outbound-cidrs': list(250, (index) => `10.${index}.${index}.0/24`),
      'exclude-outbound-ports': list(200, (index) => `${2 * index + 1}`),
    };
    const settings = settingsOf(flags);
    const rules = rulesFor(settings, 'ipv4');
    lint(settings, [{ family: 'ipv4', rules }]);
    // Processor time: what else the machine does is not the lint's.
    const before = process.cpuUsage();
    expect(lint(settings, [{ family: 'ipv4', rules }])).to.deep.equal([]);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).to.be.below(50);
  });
});
