import { expect } from 'chai';
import type { Connection } from '../../../init/trace/path.ts';
import { judge } from '../../../init/validate/judge.ts';
import type { Expected, Seen } from '../../../init/validate/probe.ts';
import { describeProof } from '../../../init/validate/words.ts';
import { addressBlock } from '../../../settings/block.ts';

const pod = { kind: 'pod', uid: 0, gid: 0, outInterface: 'outrider0' } as const;
const peer = { kind: 'peer', inInterface: 'outrider0', toPod: true } as const;
const taken = (port: number): Seen => ({ kind: 'taken', port });

/** In a pod where the proxy listens on its ports, and an application on 80. */
function verdict(
  from: Connection['from'],
  to: 'outside' | 'pod',
  port: number,
  expected: Expected,
  seen: Seen,
  redirectMode: 'redirect' | 'tproxy' = 'redirect',
): string {
  const [source, outside, own] = ['192.0.2.1', '192.0.2.2', '10.0.0.5'].map(addressBlock);
  const destination = to === 'outside' ? outside : own;
  if (destination === undefined) throw new Error('no such address');
  const busy = new Set<number>([15001, 15006, 80]);
  const proof = judge(
    {
      family: 'ipv4',
      path: to === 'outside' ? 'out' : 'in',
      connection: { protocol: 'tcp', source, destination, port, from },
      expected,
    },
    seen,
    {
      settings: { outboundPort: 15001, inboundPort: 15006, redirectMode } as never,
      listening: { certain: busy, possible: busy },
      isLocal: ({ text }) => text === '10.0.0.5',
    },
  );
  return describeProof(proof).replace(/^ipv4: (in|out): \S+( from \S+)? /, '');
}

describe('The judgement of a connection', () => {
  it('is by the port that took it, where the proxy should have it', () => {
    expect(verdict(pod, 'outside', 15001, 'outbound', taken(15001))).to.equal('reached 15001: proven');
    expect(verdict(peer, 'pod', 8080, 'inbound', taken(15006))).to.equal('reached 15006: proven');
    expect(verdict(pod, 'outside', 443, 'outbound', { kind: 'wire' })).to.match(
      /^was expected to reach 15001 and went out as it was made; likely cause: a rule of others lets it go /,
    );
    expect(verdict(peer, 'pod', 8080, 'inbound', { kind: 'silent' })).to.match(
      /^was expected to reach 15006 and got no answer; likely cause: a rule of others drops it /,
    );
    expect(verdict(peer, 'pod', 80, 'inbound', taken(80))).to.match(
      /^was expected to reach 15006 and reached 80; likely cause: a rule of others redirects or accepts it /,
    );
  });

  it('is by the wire, where it should go out', () => {
    expect(verdict(pod, 'outside', 81, 'direct', { kind: 'wire' })).to.equal(
      'went out as it was made: proven',
    );
    expect(verdict(pod, 'outside', 81, 'direct', taken(15001))).to.match(
      /^was expected to be left alone and reached 15001; likely cause: a rule of others redirects it to 15001 /,
    );
    expect(verdict(pod, 'outside', 81, 'direct', { kind: 'refused' })).to.match(
      /^was expected to be left alone/,
    );
  });

  it('takes a refusal for the truth only where nobody listens', () => {
    expect(verdict(peer, 'pod', 15021, 'direct', { kind: 'refused' })).to.equal('was refused: proven');
    expect(verdict(peer, 'pod', 80, 'direct', taken(80))).to.equal('reached 80: proven');
    expect(verdict(peer, 'pod', 80, 'direct', { kind: 'refused' })).to.match(
      /^was expected to be left alone and was refused; likely cause: a rule of others rejects it/,
    );
  });

  it('is by who can have taken it with TPROXY, which leaves the port as it is', () => {
    expect(verdict(peer, 'pod', 8080, 'inbound', taken(8080), 'tproxy')).to.equal(
      'was taken where nobody listens: proven',
    );
    expect(verdict(peer, 'pod', 8080, 'inbound', { kind: 'refused' }, 'tproxy')).to.match(
      /^was expected to reach 15006 and was refused/,
    );
    expect(verdict(peer, 'pod', 80, 'inbound', taken(80), 'tproxy')).to.match(
      /not provable here: something listens/,
    );
    expect(verdict(peer, 'pod', 15021, 'direct', taken(15021), 'tproxy')).to.match(
      /^was expected to be left alone and reached 15021/,
    );
  });

  it('is none where the connection could not be made', () => {
    const seen: Seen = { kind: 'impossible', reason: 'it takes a pair of interfaces: ip: no' };
    expect(verdict(peer, 'pod', 8080, 'inbound', seen)).to.match(
      /not provable here: it takes a pair of interfaces: ip: no$/,
    );
  });
});
