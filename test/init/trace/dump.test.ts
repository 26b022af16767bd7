import { expect } from 'chai';
import { renderLines } from '../../../init/iptables/rule-lines.ts';
import { rulesFor } from '../../../init/rules/rules.ts';
import { answer } from '../../../init/trace/answer.ts';
import { parseDump } from '../../../init/trace/dump.ts';
import { isLocalTo } from '../../../init/trace/host-addresses.ts';
import type { Connection } from '../../../init/trace/path.ts';
import { rulesetOf } from '../../../init/trace/ruleset.ts';
import { addressBlock, type Block } from '../../../settings/block.ts';
import { defaults, type Settings } from '../../../settings/settings.ts';
import { settingsOf } from '../settings.ts';

const istio = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:ISTIO_INBOUND - [0:0]
:ISTIO_IN_REDIRECT - [0:0]
:ISTIO_OUTPUT - [0:0]
:ISTIO_REDIRECT - [0:0]
-A PREROUTING -p tcp -j ISTIO_INBOUND
-A OUTPUT -p tcp -m comment --comment "the \\"mesh\\" -j DROP" -j ISTIO_OUTPUT
-A ISTIO_INBOUND -p tcp -m tcp --dport 15008 -j RETURN
-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT
-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006
-A ISTIO_OUTPUT -s 127.0.0.6/32 -o lo -j RETURN
-A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -m owner --uid-owner 1337 -j ISTIO_IN_REDIRECT
-A ISTIO_OUTPUT -o lo -m owner ! --uid-owner 1337 -j RETURN
-A ISTIO_OUTPUT -m owner --uid-owner 1337 -j RETURN
-A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN
-A ISTIO_OUTPUT -j ISTIO_REDIRECT
-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001
COMMIT
`;

const linkerd = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:PROXY_INIT_OUTPUT - [0:0]
:PROXY_INIT_REDIRECT - [0:0]
-A PREROUTING -m comment --comment "proxy-init/install" -j PROXY_INIT_REDIRECT
-A OUTPUT -m comment --comment "proxy-init/install" -j PROXY_INIT_OUTPUT
-A PROXY_INIT_OUTPUT -m owner --uid-owner 2102 -j RETURN
-A PROXY_INIT_OUTPUT -o lo -j RETURN
-A PROXY_INIT_OUTPUT -p tcp -m multiport --dports 25,587,8000:8100 -j RETURN
-A PROXY_INIT_OUTPUT -p tcp -j REDIRECT --to-ports 4140
-A PROXY_INIT_REDIRECT -p tcp -m multiport --dports 4190,4191 -j RETURN
-A PROXY_INIT_REDIRECT -p tcp -j REDIRECT --to-ports 4143
COMMIT
`;

const docker = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A DOCKER -i docker0 -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
COMMIT
*filter
:INPUT DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
-A INPUT -p tcp -m recent --name knock --rcheck -j ACCEPT
COMMIT
`;

function block(text: string): Block {
  const found = addressBlock(text);
  if (found === undefined) throw new RangeError(text);
  return found;
}

const own = [block('10.1.1.1')];
const inPod = (uid: number): Connection['from'] => ({ kind: 'pod', uid, gid: uid, outInterface: 'eth0' });
const fromPeer: Connection['from'] = { kind: 'peer', inInterface: 'eth0', toPod: true };

function ask(dump: string, from: Connection['from'], to: string) {
  const [address = '', port] = to.split(':');
  const connection = {
    protocol: 'tcp',
    source: undefined,
    destination: block(address),
    port: Number(port),
    from,
  } as const;
  return answer(parseDump(dump).ruleset, connection, defaults, isLocalTo(own));
}

function goes(dump: string, from: Connection['from'], to: string): string {
  const { verdict, port } = ask(dump, from, to);
  return port === undefined ? verdict : `${verdict} ${port}`;
}

/** The rules of the settings as iptables-save prints them. */
function dumpOf(settings: Settings): string {
  const lines = rulesFor(settings, 'ipv4').flatMap(renderLines);
  const tables = [...Map.groupBy(lines, ({ table }) => table)];
  return tables
    .flatMap(([table, rules]) => {
      const chains = new Set(rules.map(({ chain }) => chain));
      const declared = [...chains].map((chain) => `:${chain} - [0:0]`);
      return [`*${table}`, ...declared, ...rules.map(({ chain, spec }) => `-A ${chain} ${spec}`), 'COMMIT'];
    })
    .join('\n');
}

describe('Trace of a dump', () => {
  it("follows Istio's rules", () => {
    expect(goes(istio, inPod(1000), '192.0.2.1:80')).to.equal('outbound 15001');
    expect(goes(istio, inPod(1337), '192.0.2.1:80')).to.equal('direct');
    expect(goes(istio, inPod(1337), '10.1.1.1:80')).to.equal('inbound 15006');
    expect(goes(istio, inPod(1000), '10.1.1.1:80')).to.equal('direct');
    expect(goes(istio, fromPeer, '10.1.1.1:80')).to.equal('inbound 15006');
    expect(goes(istio, fromPeer, '10.1.1.1:15008')).to.equal('direct');
  });

  it("follows Linkerd's rules, whose ports are its own", () => {
    expect(goes(linkerd, inPod(1000), '192.0.2.1:80')).to.equal('outbound 4140');
    expect(goes(linkerd, inPod(1000), '192.0.2.1:8050')).to.equal('direct');
    expect(goes(linkerd, inPod(2102), '192.0.2.1:80')).to.equal('direct');
    expect(goes(linkerd, fromPeer, '10.1.1.1:80')).to.equal('inbound 4143');
    expect(goes(linkerd, fromPeer, '10.1.1.1:4191')).to.equal('direct');
  });

  it("follows Docker's rules and a firewall, and does not guess", () => {
    expect(goes(docker, inPod(0), '192.0.2.1:80')).to.equal('direct');
    expect(goes(docker, fromPeer, '10.1.1.1:22')).to.equal('direct');
    const mapped = ask(docker, inPod(0), '10.1.1.1:8080');
    expect(mapped.verdict).to.equal('unknown');
    expect(mapped.notUnderstood.map(({ does }) => does)).to.deep.equal([
      'DNAT --to-destination 172.17.0.2:80',
    ]);
    const knocked = ask(docker, fromPeer, '10.1.1.1:9999');
    expect([knocked.verdict, knocked.otherwise]).to.deep.equal(['unknown', 'dropped']);
    expect(knocked.notUnderstood.map(({ match }) => match)).to.deep.equal([
      'tcp, -m recent --name knock --rcheck',
    ]);
  });

  it('tells the family of a dump', () => {
    expect(parseDump(istio).family).to.equal('ipv4');
    expect(parseDump(linkerd).family).to.equal(undefined);
    expect(parseDump('*nat\n:OUTPUT ACCEPT\n-A OUTPUT -d fd00::/8 -j ACCEPT\nCOMMIT\n').family).to.equal(
      'ipv6',
    );
  });

  it('ends where the rules lead in a circle', () => {
    const circle = '*nat\n:OUTPUT ACCEPT\n:A -\n-A OUTPUT -j A\n-A A -j A\nCOMMIT\n';
    expect(goes(circle, inPod(0), '192.0.2.1:80')).to.equal('direct');
  });

  for (const flags of [
    {},
    { 'proxy-uid': '1,2', 'proxy-gid': '3', 'exclude-uids': '1000', 'exclude-gids': '5' },
    {
      'exclude-outbound-cidrs': '192.0.2.0/24',
      'include-outbound-ports': '81',
      'exclude-outbound-ports': '80-90',
    },
    { 'include-outbound-cidrs': '192.0.2.0/24', 'include-inbound-ports': '80', 'exclude-interfaces': 'eth1' },
    { 'redirect-mode': 'tproxy', 'drop-invalid': 'true', 'exclude-inbound-cidrs': '198.51.100.0/24' },
    { 'outbound-policy': 'blackhole', 'virtual-interfaces': 'tap0', 'exclude-inbound-ports': '81' },
  ]) {
    it(`reads our own rules back as they are, with ${JSON.stringify(flags)}`, () => {
      const settings = settingsOf(flags);
      const ours = rulesetOf(rulesFor(settings, 'ipv4'));
      const theirs = parseDump(dumpOf(settings)).ruleset;
      const guest: Connection['from'] = { kind: 'peer', inInterface: 'tap0', toPod: false };
      for (const from of [inPod(0), inPod(1), inPod(1000), inPod(51337), fromPeer, guest]) {
        for (const address of ['10.1.1.1', '127.0.0.1', '192.0.2.1', '203.0.113.1']) {
          for (const port of [80, 81, 443, 15020]) {
            const connection = {
              protocol: 'tcp',
              source: undefined,
              destination: block(address),
              port,
              from,
            } as const;
            const [one, other] = [ours, theirs].map((ruleset) => {
              const { verdict, port: taken } = answer(ruleset, connection, settings, isLocalTo(own));
              return { verdict, taken };
            });
            expect(one, `${JSON.stringify(from)} ${address}:${port}`).to.deep.equal(other);
          }
        }
      }
    });
  }
});
