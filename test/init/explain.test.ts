import { expect } from 'chai';
import { explain } from '../../init/explain.ts';
import { parseOptions } from '../../init/options.ts';

function explained(flags: Record<string, string>, env: Record<string, string> = {}): string {
  return explain(parseOptions('explain', new Map(Object.entries(flags)), env)).text;
}

describe('Explain', () => {
  it('tells each rule, its reason, and where its setting was given', () => {
    const text = explained(
      { 'ip-families': 'ipv4', 'exclude-outbound-ports': '22,80-90' },
      { OUTRIDER_CONFIG: '{"exclude-inbound-ports":"9"}', OUTRIDER_PROXY_UID: '7' },
    );
    expect(text).to.equal(`ipv4
  nat PREROUTING
    tcp                                 → OUTRIDER_INBOUND         TCP that arrives at the pod
  nat OUTRIDER_INBOUND
    tcp, port 15020,15021,15090         return                     ports of the proxy itself
    tcp, port 9                         return                     exclude-inbound-ports in OUTRIDER_CONFIG
    everything                          → OUTRIDER_IN_REDIRECT     include-inbound-ports by default
  nat OUTRIDER_IN_REDIRECT
    tcp                                 redirect to 15006          to the proxy, inbound (inbound-port by default)
  nat OUTPUT
    tcp                                 → OUTRIDER_OUTPUT          TCP that the pod sends
  nat OUTRIDER_OUTPUT
    from 127.0.0.6/32, out lo           return                     passed through by the proxy to the application
    not to 127.0.0.1/32, out lo, uid 7  → OUTRIDER_IN_REDIRECT     the proxy calling its own pod's address (OUTRIDER_PROXY_UID)
    out lo                              return                     to localhost or to an address of the pod
    uid 7                               mark the connection 0x53a  made by the proxy (OUTRIDER_PROXY_UID)
    uid 7                               return                     from the proxy (OUTRIDER_PROXY_UID)
    tcp, port 22,80-90                  return                     --exclude-outbound-ports
    everything                          → OUTRIDER_REDIRECT        include-outbound-cidrs by default
  nat OUTRIDER_REDIRECT
    tcp                                 redirect to 15001          to the proxy, outbound (outbound-port by default)
  filter OUTPUT
    tcp, connection's mark 0x53a, SYN   → OUTRIDER_STALE           opens a connection that is known, and not captured
  filter OUTRIDER_STALE
    uid 7                               return                     who makes such connections (OUTRIDER_PROXY_UID)
    tcp                                 refuse                     an application, which would go past the proxy
`);
  });

  it('tells the same as JSON', () => {
    const { command, families } = JSON.parse(
      explained({ 'ip-families': 'dual', 'exclude-outbound-cidrs': 'fd00::/8', output: 'json' }),
    );
    expect(command).to.equal('explain');
    expect(families.map(({ family }: { family: string }) => family)).to.deep.equal(['ipv4', 'ipv6']);
    expect(families[1].rules).to.deep.include({
      table: 'nat',
      chain: 'OUTRIDER_OUTPUT',
      match: 'to fd00::/8',
      verdict: 'return',
      reason: 'exclude-outbound-cidrs',
      setting: {
        key: 'exclude-outbound-cidrs',
        source: 'flag',
        name: '--exclude-outbound-cidrs',
        annotation: 'outrider.io/exclude-outbound-cidrs',
      },
    });
    const redirect = families[1].rules.find(({ chain }: { chain: string }) => chain === 'OUTRIDER_REDIRECT');
    expect(redirect.setting).to.deep.equal({ key: 'outbound-port', source: 'default' });
  });
});
