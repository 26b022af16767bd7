import { expect } from 'chai';
import { parseResolvers } from '../../../init/rules/resolvers.ts';

const resolvConf = `# nameserver 192.0.2.1
search shop.svc.cluster.local svc.cluster.local
nameserver 10.96.0.10
  nameserver\tfd00:96:0::A
nameserver fe80::1%eth0 # with a zone
nameserver 10.96.0.10
nameserver dns.example
options ndots:5
`;

describe('The resolvers', () => {
  it('are those of resolv.conf, each once, as blocks of one address', () => {
    expect(parseResolvers(resolvConf)).to.deep.equal([
      { family: 'ipv4', text: '10.96.0.10/32' },
      { family: 'ipv6', text: 'fd00:96::a/128' },
      { family: 'ipv6', text: 'fe80::1/128' },
    ]);
    expect(parseResolvers('')).to.deep.equal([]);
  });
});
