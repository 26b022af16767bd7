import { expect } from 'chai';
import { type Backend, candidates, type Findings } from '../../../init/backend/backend.ts';
import { missingModules } from '../../../init/iptables/missing-modules.ts';

const all: readonly Backend[] = ['nft', 'nftables', 'legacy'];
const found = (given: Partial<Findings>): Findings => ({
  ours: [],
  foreignLegacy: false,
  usable: all,
  ...given,
});

describe('The backend', () => {
  it('is the one that is asked for, whatever there is', () => {
    for (const one of all) {
      expect(candidates(one, found({ ours: ['legacy'], usable: [] }))).to.deep.equal([one]);
    }
  });

  it('is by itself the one that holds our rules', () => {
    for (const one of all) {
      expect(candidates('auto', found({ ours: [one], foreignLegacy: true }))).to.deep.equal([one]);
    }
    expect(candidates('auto', found({ ours: ['legacy', 'nftables'] }))).to.deep.equal(['nftables']);
  });

  it('is legacy beside rules of others there, else nft, else nftables, as far as they are usable', () => {
    expect(candidates('auto', found({}))).to.deep.equal(['nft', 'nftables', 'legacy']);
    expect(candidates('auto', found({ foreignLegacy: true }))).to.deep.equal(['legacy', 'nft', 'nftables']);
    expect(candidates('auto', found({ usable: ['nftables', 'legacy'] }))).to.deep.equal([
      'nftables',
      'legacy',
    ]);
    expect(candidates('auto', found({ usable: [] }))).to.deep.equal([]);
  });
});

describe('A missing kernel module', () => {
  const script = [
    '*nat',
    ':X - [0:0]',
    '-A X -m owner --uid-owner 1 -j RETURN',
    '-A X -p tcp -j REDIRECT --to-ports 1',
    '-A X -j MARK --set-xmark 0x1/0xffffffff',
    'COMMIT',
  ].join('\n');

  it('is named by the line that iptables complains of, or by the extension', () => {
    const of = (words: string, command = 'iptables-nft-restore') => missingModules(command, words, script);
    expect(of('line 4: RULE_APPEND failed (No such file or directory): rule in chain X')).to.deep.equal([
      'xt_REDIRECT',
    ]);
    expect(of('Error occurred at line: 3\nNo chain/target/match by that name')).to.deep.equal(['xt_owner']);
    expect(of('iptables-legacy-restore: line 5 failed: No chain/target/match by that name.')).to.deep.equal([
      'xt_mark',
    ]);
    expect(of('Warning: Extension owner revision 0 not supported, missing kernel module?')).to.deep.equal([
      'xt_owner',
    ]);
    const noTable = "can't initialize ip6tables table `nat': Table does not exist (do you need to insmod?)";
    expect(of(noTable, 'ip6tables-legacy-restore')).to.deep.equal(['ip6table_nat']);
  });

  it('is named by the line that nft shows', () => {
    const words = [
      '/dev/stdin:9:3-40: Error: Could not process rule: No such file or directory',
      '\t\tmeta l4proto tcp redirect to :15001 comment "to the proxy, outbound"',
      '\t\t^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^',
    ];
    expect(missingModules('nft', words.join('\n'), '')).to.deep.equal(['nft_redir']);
  });

  it('is not suspected for other complaints', () => {
    expect(missingModules('iptables-nft-restore', 'line 4 failed: Permission denied', script)).to.deep.equal(
      [],
    );
    expect(missingModules('nft', 'syntax error, unexpected redirect', '')).to.deep.equal([]);
  });
});
