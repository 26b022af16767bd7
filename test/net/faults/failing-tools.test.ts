import { expect } from 'chai';
import { buildExecutable, runInit } from '../executable.ts';
import { foreignRules } from '../foreign-rules.ts';
import type { Host } from '../host.ts';
import { changeRules, kernelState } from '../kernel-state.ts';
import { createPair, type Pair } from '../pair.ts';
import { type FailingTools, makeFailingTools } from './failing-tools.ts';

const dual = ['--ip-families', 'dual'];
const tproxy = [
  ...dual,
  '--redirect-mode',
  'tproxy',
  '--outbound-policy',
  'blackhole',
  '--drop-invalid',
  'true',
];

const changes: readonly { says: string; before: readonly string[]; args: readonly string[] }[] = [
  { says: 'a first apply', before: [], args: ['apply', ...dual] },
  { says: 'a first apply in all tables', before: [], args: ['apply', ...tproxy] },
  { says: 'an update', before: ['apply', ...dual, '--proxy-uid', '7'], args: ['apply', ...dual] },
  { says: 'a change of the mode', before: ['apply', ...tproxy], args: ['apply', ...dual] },
  {
    says: 'an update in the older iptables',
    before: ['apply', ...tproxy, '--backend', 'legacy'],
    args: ['apply', ...dual, '--backend', 'legacy'],
  },
  {
    says: 'a change to nftables',
    before: ['apply', ...tproxy, '--backend', 'nft'],
    args: ['apply', ...tproxy, '--backend', 'nftables'],
  },
  { says: 'a cleanup', before: ['apply', ...tproxy], args: ['cleanup'] },
];

describe('When a command fails', function () {
  this.timeout(180_000);
  let pair: Pair;
  let tools: FailingTools;
  before(async () => {
    await buildExecutable();
    pair = await createPair();
    tools = await makeFailingTools();
    const { nat, filter } = foreignRules();
    await changeRules(pair.pod, nat);
    await changeRules(pair.pod, filter, 'filter');
  });
  after(async () => {
    await tools.remove();
    await pair.close();
  });

  /** Brings the pod into the state before the change. */
  async function prepare(args: readonly string[]): Promise<void> {
    await runInit(pair.pod, ['cleanup']);
    if (args.length > 0) await runInit(pair.pod, args);
  }

  for (const { says, before, args } of changes) {
    it(`at any step of ${says}, all is done or nothing`, async () => {
      await prepare(before);
      const start = await comparable(pair.pod);
      for (let at = 1; ; at++) {
        const { exitCode, stderr, reached } = await tools.run(pair.pod, args, 'refused', at);
        if (!reached) break;
        expect(exitCode, `step ${at}: ${stderr}`).to.be.oneOf([0, 5]);
        if (exitCode === 5) {
          expect(stderr).to.include('not today');
          expect(await comparable(pair.pod), `step ${at}: ${stderr}`).to.equal(start);
        } else {
          await expectConverged(args, `step ${at}`);
          await prepare(before);
          expect(await comparable(pair.pod)).to.equal(start);
        }
      }
    });

    for (const fault of ['killed-before', 'killed-after'] as const) {
      it(`and the run is ${fault.replace('-', ' ')} it, at any step of ${says}, the next run converges`, async () => {
        await prepare(before);
        const foreign = withoutOurs(await comparable(pair.pod));
        for (let at = 1; ; at++) {
          const { reached, exitCode } = await tools.run(pair.pod, args, fault, at);
          if (!reached) break;
          expect(exitCode, `step ${at}`).to.equal(137);
          expect(withoutOurs(await comparable(pair.pod)), `step ${at}`).to.equal(foreign);
          if (args[0] === 'apply') {
            const { exitCode: verdict, stdout } = await runInit(pair.pod, ['verify', ...args.slice(1)]);
            expect(verdict, `step ${at}: ${stdout}`).to.be.oneOf([0, 3, 4]);
          }
          const again = await runInit(pair.pod, args);
          expect(again.exitCode, `step ${at}: ${again.stderr}`).to.equal(0);
          await expectConverged(args, `step ${at}`);
          await prepare(before);
        }
      });
    }
  }

  async function expectConverged(args: readonly string[], step: string): Promise<void> {
    const [command, ...flags] = args;
    const { exitCode, stdout } = await runInit(pair.pod, ['verify', ...(command === 'apply' ? flags : dual)]);
    expect(exitCode, `${step}: ${stdout}`).to.equal(command === 'apply' ? 0 : 4);
    const state = await comparable(pair.pod);
    expect(state.match(/fwmark 0x539/g) ?? [], step).to.have.length(flags.includes('tproxy') ? 2 : 0);
    if (command === 'cleanup') expect(state, step).not.to.match(/OUTRIDER_(?!OUTPUT\\")|::6/);
  }
});

describe('Several instances at once', () => {
  it('leave rules that the next run makes whole, and foreign ones alone', async () => {
    const pair = await createPair();
    try {
      const { nat } = foreignRules();
      await changeRules(pair.pod, nat);
      const before = await comparable(pair.pod);
      const uids = ['1', '2', '3', '4'];
      await Promise.all(uids.map((uid) => runInit(pair.pod, ['apply', ...tproxy, '--proxy-uid', uid])));
      expect(withoutOurs(await comparable(pair.pod))).to.equal(withoutOurs(before));
      expect((await runInit(pair.pod, ['apply', ...dual])).exitCode).to.equal(0);
      const { exitCode, stdout } = await runInit(pair.pod, ['verify', ...dual]);
      expect(exitCode, stdout).to.equal(0);
      await runInit(pair.pod, ['cleanup']);
      expect(await comparable(pair.pod)).to.equal(before);
    } finally {
      await pair.close();
    }
  });
});

/**
 * Chains are listed in the order of their making, which says nothing, and those of the kernel stay once a table is in
 * use; rules of routing have a number that is free.
 */
async function comparable(host: Host): Promise<string> {
  const state = await kernelState(host);
  const lines = state.split('\n');
  const declared = lines.filter((line) => line.startsWith(':')).sort();
  return [...declared, ...lines.filter((line) => !line.startsWith(':'))]
    .filter((line) => !/^:[A-Z]+ ACCEPT$/.test(line))
    .map((line) => line.replace(/^\d+:/, ''))
    .join('\n')
    .replace(/^\*\w+\nCOMMIT\n/gm, '');
}

const withoutOurs = (state: string): string =>
  state
    .replace(/^table inet outrider \{\n[\s\S]*?^\}\n/gm, '')
    .replace(/^.*OUTRIDER_(?!OUTPUT\\").*\n/gm, '')
    .replace(/^.*(fwmark 0x539|local default dev lo).*\n?/gm, '')
    .replaceAll(' ::6/128', '')
    .replace(/^\*\w+\nCOMMIT\n/gm, '');
