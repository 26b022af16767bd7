import { expect } from 'chai';
import { describeFinding } from '../../../init/lint/finding.ts';
import { lint } from '../../../init/lint/lint.ts';
import { rulesFor } from '../../../init/rules/rules.ts';
import type { Family } from '../../../settings/cidr.ts';
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

const found: readonly { flags: Record<string, string>; families?: readonly Family[]; says: string[] }[] = [
  {
    flags: { 'exclude-outbound-cidrs': '10.1.0.0/16,10.0.0.0/8,10.0.0.0/8' },
    says: [
      'exclude-outbound-cidrs 10.1.0.0/16: no effect: exclude-outbound-cidrs 10.0.0.0/8 holds it already',
      'exclude-outbound-cidrs 10.0.0.0/8: no effect: it stands there twice',
    ],
  },
  {
    flags: { 'include-outbound-cidrs': '10.1.0.0/16,2001:db8::/32', 'exclude-outbound-cidrs': '10.0.0.0/8' },
    says: [
      'include-outbound-cidrs 10.1.0.0/16: no effect: exclude-outbound-cidrs 10.0.0.0/8 takes all of it',
    ],
  },
  {
    flags: { 'include-outbound-cidrs': '10.0.0.0/8', 'exclude-outbound-cidrs': '10.1.0.0/16,192.0.2.0/24' },
    says: ['exclude-outbound-cidrs 192.0.2.0/24: no effect: nothing in it is in include-outbound-cidrs'],
  },
  {
    flags: { 'exclude-outbound-cidrs': '10.0.0.0/8,fd00::/8' },
    families: ['ipv4'],
    says: ['exclude-outbound-cidrs fd00::/8: no effect: ipv6 is not captured'],
  },
  {
    flags: { 'exclude-outbound-cidrs': '127.0.0.0/8,::1/128' },
    says: [
      'exclude-outbound-cidrs 127.0.0.0/8: no effect: what goes to localhost is decided by its sender',
      'exclude-outbound-cidrs ::1/128: no effect: what goes to localhost is decided by its sender',
    ],
  },
  {
    flags: { 'exclude-inbound-ports': '15020,8080,8000-8100' },
    says: [
      'exclude-inbound-ports 15020: no effect: a port of the proxy itself, never captured',
      'exclude-inbound-ports 8080: no effect: exclude-inbound-ports 8000-8100 holds it already',
    ],
  },
  {
    flags: { 'include-inbound-ports': '8080,9000', 'exclude-inbound-ports': '9000,22' },
    says: [
      'include-inbound-ports 9000: no effect: exclude-inbound-ports 9000 takes all of it',
      'exclude-inbound-ports 22: no effect: not in include-inbound-ports',
    ],
  },
  {
    flags: { 'include-outbound-ports': '443' },
    says: ['include-outbound-ports 443: no effect: include-outbound-cidrs is *'],
  },
  {
    flags: { 'include-outbound-cidrs': '', 'include-outbound-ports': '443', 'exclude-outbound-ports': '80' },
    says: ['exclude-outbound-ports 80: no effect: not in include-outbound-ports'],
  },
  {
    flags: { 'include-outbound-cidrs': '10.0.0.0/8', 'exclude-outbound-cidrs': '*' },
    says: ['include-outbound-cidrs 10.0.0.0/8: no effect: exclude-outbound-cidrs is *'],
  },
  {
    flags: { 'exclude-outbound-cidrs': '0.0.0.0/0', 'include-outbound-cidrs': '10.0.0.0/8' },
    families: ['ipv4'],
    says: ['include-outbound-cidrs 10.0.0.0/8: no effect: exclude-outbound-cidrs 0.0.0.0/0 takes all of it'],
  },
  {
    flags: { 'exclude-uids': '51337,1000,1000', 'proxy-uid': '51337,51337' },
    says: [
      'proxy-uid 51337: no effect: it stands there twice',
      "exclude-uids 51337: no effect: the proxy's own user, left alone anyway",
      'exclude-uids 1000: no effect: it stands there twice',
    ],
  },
  {
    flags: { 'exclude-interfaces': 'tap0,eth1', 'virtual-interfaces': 'tap0' },
    says: ['virtual-interfaces tap0: no effect: exclude-interfaces has it'],
  },
  {
    flags: { 'exclude-interfaces': 'lo', 'exclude-uids': '1000' },
    says: [],
  },
  {
    flags: { 'exclude-inbound-cidrs': '10.0.0.0/8', 'include-inbound-ports': '' },
    says: ['exclude-inbound-cidrs 10.0.0.0/8: no effect: nothing inbound is captured'],
  },
];

describe('The lint', () => {
  for (const { says, flags } of clean) {
    it(`finds nothing in ${says}`, () => {
      expect(findings(flags)).to.deep.equal([]);
    });
  }

  for (const { says, flags, families } of found) {
    it(`finds ${says.length} in ${JSON.stringify(flags)}`, () => {
      expect(findings(flags, families)).to.deep.equal(says);
    });
  }

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
    const start = performance.now();
    expect(lint(settings, [{ family: 'ipv4', rules }])).to.deep.equal([]);
    expect(performance.now() - start).to.be.below(50);
  });
});
