import { expect } from 'chai';
import { runInit } from './executable.ts';
import { kernelState } from './kernel-state.ts';
import { withoutExpression } from './lacking-nft.ts';
import { withScripts } from './scripted-tools.ts';
import { usePair } from './use-pair.ts';

const dual = ['--ip-families', 'dual'];
const tproxy = [...dual, '--redirect-mode', 'tproxy', '--outbound-policy', 'blackhole'];
const native = ['--backend', 'nftables'];

/** It is not asked before: one transaction of nft holds all of the rules. */
describe('A kernel that lacks what nftables needs', () => {
  const pair = usePair();

  const ruleset = async (): Promise<string> =>
    `${(await pair.pod.exec('nft', ['-s', 'list', 'ruleset'])).stdout}${await kernelState(pair.pod)}`;

  const cases: readonly {
    says: string;
    lacks: string;
    before?: readonly string[];
    args: readonly string[];
  }[] = [
    { says: 'a first apply', lacks: 'redir', args: [...dual, ...native] },
    { says: 'a first apply of all', lacks: 'tproxy', args: [...tproxy, ...native] },
    { says: 'an update', lacks: 'tproxy', before: [...dual, ...native], args: [...tproxy, ...native] },
    {
      says: 'a move from iptables',
      lacks: 'redir',
      before: [...tproxy, '--backend', 'legacy'],
      args: [...dual, ...native],
    },
    { says: 'an update by auto', lacks: 'tproxy', before: [...dual, ...native], args: tproxy },
  ];
  for (const { says, lacks, before, args } of cases) {
    it(`leaves nothing of ${says}, and nft_${lacks} is named`, async () => {
      if (before !== undefined) expect((await runInit(pair.pod, ['apply', ...before])).exitCode).to.equal(0);
      const start = await ruleset();
      await withoutExpression(lacks, async (env) => {
        const { exitCode, stdout, stderr } = await runInit(pair.pod, ['apply', ...args], { env });
        expect({ exitCode, stdout }).to.deep.equal({ exitCode: 5, stdout: '' });
        expect(stderr).to.match(/^inet: nft failed: .*Could not process rule: No such file or directory$/m);
        expect(stderr).to.match(new RegExp(`^likely missing in this kernel: nft_${lacks}$`, 'm'));
      });
      expect(await ruleset()).to.equal(start);
    });
  }

  it('leaves nothing where auto has tried all others before', async () => {
    const scripts = Object.fromEntries(
      ['iptables-nft-restore', 'iptables-legacy-restore'].map((name) => [
        name,
        `echo "${name}: no" >&2; exit 4`,
      ]),
    );
    await pair.pod.exec('iptables-legacy-restore', ['--noflush'], {
      input: '*nat\n-A POSTROUTING -d 192.0.2.1/32 -j ACCEPT\nCOMMIT\n',
    });
    const start = await ruleset();
    await withoutExpression('redir', (libraries) =>
      withScripts(scripts, async (path) => {
        const env = { ...libraries, ...path };
        const { exitCode, stderr } = await runInit(pair.pod, ['apply', ...dual], { env });
        expect(exitCode).to.equal(5);
        expect(stderr).to.match(/^likely missing in this kernel: nft_redir$/m);
      }),
    );
    expect(await ruleset()).to.equal(start);
  });
});
