import { expect } from 'chai';
import { buildExecutable, runInit } from '../executable.ts';
import { foreignRules } from '../foreign-rules.ts';
import type { Host } from '../host.ts';
import { changeRules } from '../kernel-state.ts';
import { createPair } from '../pair.ts';
import { comparable } from './comparable.ts';
import { type FailingTools, makeFailingTools } from './failing-tools.ts';

export const dual = ['--ip-families', 'dual'];
export const tproxy = [
  ...dual,
  '--redirect-mode',
  'tproxy',
  '--outbound-policy',
  'blackhole',
  '--drop-invalid',
  'true',
];

/** What a run changes, and what was there before. */
export const changes: readonly { says: string; before: readonly string[]; args: readonly string[] }[] = [
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

/** A pod with the rules of others, and tools of which one call can be made to fail. */
export interface ChangedPod {
  readonly pod: Host;
  readonly tools: FailingTools;
  /** Brings the pod into the state before a change. */
  prepare(before: readonly string[]): Promise<void>;
  /** All that a change wants is there. */
  expectConverged(args: readonly string[], step: string): Promise<void>;
  close(): Promise<void>;
}

export async function createChangedPod(): Promise<ChangedPod> {
  await buildExecutable();
  const { pod, close } = await createPair();
  const tools = await makeFailingTools();
  const { nat, filter } = foreignRules();
  await changeRules(pod, nat);
  await changeRules(pod, filter, 'filter');
  return {
    pod,
    tools,
    async prepare(before) {
      await runInit(pod, ['cleanup']);
      if (before.length > 0) await runInit(pod, before);
    },
    async expectConverged(args, step) {
      const [command, ...flags] = args;
      const { exitCode, stdout } = await runInit(pod, ['verify', ...(command === 'apply' ? flags : dual)]);
      expect(exitCode, `${step}: ${stdout}`).to.equal(command === 'apply' ? 0 : 4);
      const state = await comparable(pod);
      expect(state.match(/fwmark 0x539/g) ?? [], step).to.have.length(flags.includes('tproxy') ? 2 : 0);
      if (command === 'cleanup') expect(state, step).not.to.match(/OUTRIDER_(?!OUTPUT\\")|::6/);
    },
    async close() {
      await tools.remove();
      await close();
    },
  };
}
