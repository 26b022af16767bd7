import { expect } from 'chai';
import { runInit } from './executable.ts';
import { changeRules } from './kernel-state.ts';
import { usePair } from './use-pair.ts';

describe('Verify', () => {
  const pair = usePair();
  beforeEach(async () => {
    await runInit(pair.pod, ['apply']);
  });

  const verify = (...flags: string[]) => runInit(pair.pod, ['verify', ...flags]);

  it('tells the wanted rules', async () => {
    expect(await verify()).to.deep.equal({
      exitCode: 0,
      stdout: 'ipv4: the rules are as wanted\nipv6: the rules are as wanted\n',
      stderr: '',
    });
  });

  it('tells that there are none', async () => {
    await runInit(pair.pod, ['cleanup']);
    const { exitCode, stdout } = await verify();
    expect({ exitCode, stdout }).to.deep.equal({
      exitCode: 4,
      stdout: 'ipv4: there are no rules of Outrider\nipv6: there are no rules of Outrider\n',
    });
  });

  it('takes one family without rules for drift', async () => {
    await runInit(pair.pod, ['cleanup']);
    await runInit(pair.pod, ['apply', '--ip-families', 'ipv4']);
    const { exitCode, stdout } = await verify('--output', 'json');
    expect(exitCode).to.equal(3);
    const { verdict, families } = JSON.parse(stdout);
    expect([verdict, families[0].verdict, families[1].verdict]).to.deep.equal(['drift', 'same', 'absent']);
  });

  it('finds a reordered chain', async () => {
    await changeRules(pair.pod, ['-D OUTRIDER_OUTPUT -o lo -j RETURN', '-I OUTRIDER_OUTPUT -o lo -j RETURN']);
    const { exitCode, stdout } = await verify();
    expect(exitCode).to.equal(3);
    expect(stdout).to.equal(`ipv4: the rules differ (- missing, + extra, ~ out of order)
  ~ -A OUTRIDER_OUTPUT -o lo -j RETURN   # to localhost or to an address of the pod
ipv6: the rules are as wanted
`);
  });

  it('finds an extra rule, a doubled jump, and a rule of others in front of a jump', async () => {
    await changeRules(pair.pod, [
      '-A OUTRIDER_INBOUND -j ACCEPT',
      '-A OUTPUT -p tcp -j OUTRIDER_OUTPUT',
      '-I PREROUTING -p tcp --dport 1 -j ACCEPT',
    ]);
    const { exitCode, stdout } = await verify('--output', 'json');
    expect(exitCode).to.equal(3);
    const [{ differences }] = JSON.parse(stdout).families;
    expect(differences).to.deep.equal([
      {
        kind: 'reordered',
        line: '-A PREROUTING -p tcp -j OUTRIDER_INBOUND',
        reason: 'TCP that arrives at the pod',
      },
      { kind: 'extra', line: '-A OUTPUT -p tcp -j OUTRIDER_OUTPUT' },
      { kind: 'extra', line: '-A OUTRIDER_INBOUND -j ACCEPT' },
    ]);
  });

  it('finds other settings than those applied, and the passthrough address gone', async () => {
    await pair.pod.exec('ip', ['-6', 'addr', 'del', '::6/128', 'dev', 'lo']);
    const { exitCode, stdout } = await verify('--exclude-inbound-ports', '22');
    expect(exitCode).to.equal(3);
    expect(stdout).to.include('- -A OUTRIDER_INBOUND -p tcp -m multiport --dports 22 -j RETURN');
    expect(stdout).to.include('- address ::6/128 dev lo');
  });
});
