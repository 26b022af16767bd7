import { expect } from 'chai';
import type { Host, RunOptions } from './host.ts';
import { kernelState } from './kernel-state.ts';
import { withScripts } from './scripted-tools.ts';
import { traceInit } from './system-calls.ts';
import { usePair } from './use-pair.ts';

const modes = {
  redirect: ['--ip-families', 'dual'],
  tproxy: ['--ip-families', 'dual', '--redirect-mode', 'tproxy', '--outbound-policy', 'blackhole'],
};

describe('A dry run', function () {
  this.timeout(120_000);
  const pair = usePair();

  for (const backend of ['nft', 'legacy', 'nftables']) {
    for (const [mode, flags] of Object.entries(modes)) {
      it(`makes no system call that changes anything, with ${backend} and ${mode}`, async () => {
        const apply = ['apply', ...flags, '--backend', backend];
        const elsewhere = ['apply', ...flags, '--backend', backend === 'nft' ? 'nftables' : 'nft'];
        await expectNoChange(pair.pod, ['cleanup']);
        await expectNoChange(pair.pod, apply);
        await expectChange(pair.pod, apply);
        await expectNoChange(pair.pod, apply);
        await expectNoChange(pair.pod, [...apply, '--exclude-outbound-ports', '22', '--output', 'json']);
        await expectNoChange(pair.pod, elsewhere);
        await expectNoChange(pair.pod, ['cleanup']);
        await expectChange(pair.pod, ['cleanup']);
      });
    }
  }

  it('makes none either where the choice of the backend is its own', async () => {
    await expectNoChange(pair.pod, ['apply', ...modes.tproxy]);
    const refusing = { 'iptables-nft-restore': 'echo "no such module" >&2; exit 4' };
    const other = await withScripts(refusing, (env) => expectNoChange(pair.pod, ['apply'], { env }));
    expect(other.stdout).to.match(/^nft /);
    await pair.pod.exec('iptables-legacy-restore', ['--noflush'], {
      input: '*nat\n-A POSTROUTING -d 192.0.2.1/32 -j ACCEPT\nCOMMIT\n',
    });
    const legacy = await expectNoChange(pair.pod, ['apply', ...modes.tproxy]);
    expect(legacy.stdout).to.match(/^iptables-legacy-restore /);
  });
});

async function expectNoChange(host: Host, args: readonly string[], options?: RunOptions) {
  const before = await snapshot(host);
  const outcome = await traceInit(host, [...args, '--dry-run'], options);
  expect(outcome.exitCode, outcome.stderr).to.equal(0);
  // That there is something to see.
  expect(outcome.programs).to.include.members(['/usr/sbin/nft', '/usr/sbin/iptables-nft-save']);
  expect(outcome.changes).to.deep.equal([]);
  expect(await snapshot(host)).to.equal(before);
  return outcome;
}

/** The same reading finds what a run that is not dry does. */
async function expectChange(host: Host, args: readonly string[]): Promise<void> {
  const before = await snapshot(host);
  const { exitCode, stderr, changes } = await traceInit(host, args);
  expect(exitCode, stderr).to.equal(0);
  const kinds = [/SOL_IP, IPT_SO_SET_REPLACE/, /NFNL_MSG_BATCH_END/].filter((kind) =>
    changes.some((change) => kind.test(change)),
  );
  expect(kinds, changes.join('\n')).to.have.length(1);
  expect(changes.some((change) => /RTM_(NEW|DEL)ADDR/.test(change))).to.equal(true);
  if (args.includes('tproxy'))
    expect(changes.some((change) => /RTM_(NEW|DEL)ROUTE/.test(change))).to.equal(true);
  expect(await snapshot(host)).not.to.equal(before);
}

/** With the tables of the older iptables: it makes one when asked about it, and shows nothing while it is empty. */
async function snapshot(host: Host): Promise<string> {
  const { stdout } = await host.exec('cat', ['/proc/net/ip_tables_names', '/proc/net/ip6_tables_names']);
  return `${await kernelState(host)}---\n${stdout}`;
}
