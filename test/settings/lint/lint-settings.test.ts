import { expect } from 'chai';
import type { Family } from '../../../settings/cidr.ts';
import { describeFinding } from '../../../settings/lint/finding.ts';
import { lintSettings } from '../../../settings/lint/lint-settings.ts';
import { parseSettings } from '../../../settings/parse.ts';

function findings(texts: Record<string, string>, families: readonly Family[] = ['ipv4', 'ipv6']): string[] {
  const values = Object.entries(texts).map(([key, text]) => ({ key, name: key, text }));
  const parsed = parseSettings([{ source: 'test', values }], ['annotation', 'command']);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return lintSettings(parsed.settings, families).map(describeFinding);
}

const found: readonly { texts: Record<string, string>; families?: readonly Family[]; says: string[] }[] = [
  {
    texts: { 'tracing-sampling': '50' },
    says: ['tracing-sampling 50: no effect: there is no tracing-endpoint'],
  },
  { texts: { 'tracing-sampling': '50', 'tracing-endpoint': 'collector:4317' }, says: [] },
  {
    texts: { 'exclude-outbound-cidrs': '10.1.0.0/16,10.0.0.0/8,10.0.0.0/8' },
    says: [
      'exclude-outbound-cidrs 10.1.0.0/16: no effect: exclude-outbound-cidrs 10.0.0.0/8 holds it already',
      'exclude-outbound-cidrs 10.0.0.0/8: no effect: it stands there twice',
    ],
  },
  {
    texts: { 'include-outbound-cidrs': '10.1.0.0/16,2001:db8::/32', 'exclude-outbound-cidrs': '10.0.0.0/8' },
    says: [
      'include-outbound-cidrs 10.1.0.0/16: no effect: exclude-outbound-cidrs 10.0.0.0/8 takes all of it',
    ],
  },
  {
    texts: { 'include-outbound-cidrs': '10.0.0.0/8', 'exclude-outbound-cidrs': '10.1.0.0/16,192.0.2.0/24' },
    says: ['exclude-outbound-cidrs 192.0.2.0/24: no effect: nothing in it is in include-outbound-cidrs'],
  },
  {
    texts: { 'exclude-outbound-cidrs': '10.0.0.0/8,fd00::/8' },
    families: ['ipv4'],
    says: ['exclude-outbound-cidrs fd00::/8: no effect: ipv6 is not captured'],
  },
  {
    texts: { 'exclude-outbound-cidrs': '127.0.0.0/8,::1/128' },
    says: [
      'exclude-outbound-cidrs 127.0.0.0/8: no effect: what goes to localhost is decided by its sender',
      'exclude-outbound-cidrs ::1/128: no effect: what goes to localhost is decided by its sender',
    ],
  },
  {
    texts: { 'exclude-inbound-ports': '15020,8080,8000-8100' },
    says: [
      'exclude-inbound-ports 15020: no effect: a port of the proxy itself, never captured',
      'exclude-inbound-ports 8080: no effect: exclude-inbound-ports 8000-8100 holds it already',
    ],
  },
  {
    texts: { 'include-inbound-ports': '8080,9000', 'exclude-inbound-ports': '9000,22' },
    says: [
      'include-inbound-ports 9000: no effect: exclude-inbound-ports 9000 takes all of it',
      'exclude-inbound-ports 22: no effect: not in include-inbound-ports',
    ],
  },
  {
    texts: { 'include-outbound-ports': '443' },
    says: ['include-outbound-ports 443: no effect: include-outbound-cidrs is *'],
  },
  {
    texts: { 'include-outbound-cidrs': '', 'include-outbound-ports': '443', 'exclude-outbound-ports': '80' },
    says: ['exclude-outbound-ports 80: no effect: not in include-outbound-ports'],
  },
  {
    texts: { 'include-outbound-cidrs': '10.0.0.0/8', 'exclude-outbound-cidrs': '*' },
    says: ['include-outbound-cidrs 10.0.0.0/8: no effect: exclude-outbound-cidrs is *'],
  },
  {
    texts: { 'exclude-outbound-cidrs': '0.0.0.0/0', 'include-outbound-cidrs': '10.0.0.0/8' },
    families: ['ipv4'],
    says: ['include-outbound-cidrs 10.0.0.0/8: no effect: exclude-outbound-cidrs 0.0.0.0/0 takes all of it'],
  },
  {
    texts: { 'exclude-uids': '51337,1000,1000', 'proxy-uid': '51337,51337' },
    says: [
      'proxy-uid 51337: no effect: it stands there twice',
      "exclude-uids 51337: no effect: the proxy's own user, left alone anyway",
      'exclude-uids 1000: no effect: it stands there twice',
    ],
  },
  {
    texts: { 'exclude-interfaces': 'tap0,eth1', 'virtual-interfaces': 'tap0' },
    says: ['virtual-interfaces tap0: no effect: exclude-interfaces has it'],
  },
  {
    texts: { 'allow-outbound-cidrs': '192.0.2.0/24' },
    says: ['allow-outbound-cidrs 192.0.2.0/24: no effect: outbound-policy is allow-any'],
  },
  {
    texts: { 'allow-outbound-hosts': 'a.example:80' },
    says: ['allow-outbound-hosts a.example:80: no effect: outbound-policy is allow-any'],
  },
  {
    texts: { 'outbound-policy': 'blackhole', 'allow-outbound-hosts': 'a.example,A.example' },
    says: ['allow-outbound-hosts a.example: no effect: it stands there twice'],
  },
  {
    texts: { 'outbound-policy': 'blackhole', 'allow-outbound-hosts': 'a.example:15001,a.example:15006' },
    says: ['allow-outbound-hosts a.example:15001: no effect: a port of the proxy itself'],
  },
  {
    texts: {
      'outbound-policy': 'blackhole',
      'allow-outbound-cidrs': '10.0.0.0/8,10.1.0.0/16,192.0.2.1/32',
      'exclude-outbound-cidrs': '192.0.2.0/24',
    },
    says: [
      'allow-outbound-cidrs 10.1.0.0/16: no effect: allow-outbound-cidrs 10.0.0.0/8 holds it already',
      'allow-outbound-cidrs 192.0.2.1/32: no effect: exclude-outbound-cidrs 192.0.2.0/24 takes all of it',
    ],
  },
  {
    texts: { 'exclude-interfaces': 'lo', 'exclude-uids': '1000' },
    says: [],
  },
  {
    texts: { 'exclude-inbound-cidrs': '10.0.0.0/8', 'include-inbound-ports': '' },
    says: ['exclude-inbound-cidrs 10.0.0.0/8: no effect: nothing inbound is captured'],
  },
  {
    texts: { 'inbound-protocol': '8080=http,9000=tcp,15090=http', 'include-inbound-ports': '9000-9001' },
    says: [
      'inbound-protocol 8080=http: no effect: port 8080 is not captured inbound',
      'inbound-protocol 15090=http: no effect: a port of the proxy itself',
    ],
  },
];

describe('What settings say without effect', () => {
  it('is nothing in the defaults', () => {
    expect(findings({})).to.deep.equal([]);
  });

  for (const { says, texts, families } of found) {
    it(`finds ${says.length} in ${JSON.stringify(texts)}`, () => {
      expect(findings(texts, families)).to.deep.equal(says);
    });
  }
});
