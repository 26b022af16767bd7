import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runInit } from './executable.ts';
import { withScripts } from './scripted-tools.ts';
import { usePair } from './use-pair.ts';

const json = ['--output', 'json'];
const noEffect = ['--ip-families', 'ipv4', '--exclude-outbound-cidrs', 'fd00::/8'];
const finding = { setting: 'exclude-outbound-cidrs', value: 'fd00::/8' };

describe('With --output json', () => {
  const pair = usePair();

  /** One object a line. */
  const parseLines = (text: string): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));

  for (const args of [
    ['explain'],
    ['trace', '--to', '203.0.113.7:443'],
    ['verify'],
    ['apply'],
    ['apply', '--dry-run'],
    ['cleanup', '--dry-run'],
    ['cleanup'],
  ]) {
    it(`stdout is one document, and stderr empty: ${args.join(' ')}`, async () => {
      const { stdout, stderr } = await runInit(pair.pod, [...args, ...json]);
      expect(JSON.parse(stdout)).to.be.an('object');
      expect(stdout).to.match(/^[^\n]+\n$/);
      expect(stderr).to.equal('');
    });
  }

  it('what has no effect is in the report of apply, and a warning on stderr', async () => {
    for (const dryRun of [['--dry-run'], []]) {
      const { stdout, stderr } = await runInit(pair.pod, ['apply', ...noEffect, ...json, ...dryRun]);
      const { findings } = JSON.parse(stdout);
      expect(findings).to.have.length(1);
      expect(findings[0]).to.deep.include(finding);
      const [warning, ...others] = parseLines(stderr);
      expect(others).to.deep.equal([]);
      expect(warning).to.deep.include({ level: 'warning', ...finding });
    }
  });

  it('bad usage is an object for each bad value, and plain text in the termination message', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outrider-'));
    const log = join(folder, 'termination-log');
    await writeFile(log, '');
    const env = { OUTRIDER_TERMINATION_LOG: log, OUTRIDER_OUTPUT: 'json', OUTRIDER_WAIT: 'x' };
    const { exitCode, stdout, stderr } = await runInit(pair.pod, ['apply', '--proxy-uid', 'root'], { env });
    expect({ exitCode, stdout }).to.deep.equal({ exitCode: 2, stdout: '' });
    const messages = [
      'flag --proxy-uid: "root" is not valid: expected a numeric user id from 1 to 4294967294',
      'variable OUTRIDER_WAIT: "x" is not valid: expected whole seconds, such as 5',
    ];
    expect(parseLines(stderr)).to.have.deep.members(
      messages.map((message) => ({ level: 'error', code: 'usage', message })),
    );
    expect((await readFile(log, 'utf8')).split('\n')).to.have.members(messages);
    await rm(folder, { recursive: true });
  });

  it('so is a command line that cannot be read', async () => {
    for (const [args, message] of [
      [['apply', '--dry-rum', ...json], "unknown option '--dry-rum' (Did you mean --dry-run?)"],
      [['aply', ...json], "unknown command 'aply' (Did you mean apply?)"],
      [['apply', '--wait', '1', '--wait', '2', ...json], 'flag --wait: given twice'],
    ] as const) {
      const { exitCode, stdout, stderr } = await runInit(pair.pod, args);
      expect({ exitCode, stdout }).to.deep.equal({ exitCode: 2, stdout: '' });
      expect(parseLines(stderr)).to.deep.equal([{ level: 'error', code: 'usage', message }]);
    }
    const none = await runInit(pair.pod, [], { env: { OUTRIDER_OUTPUT: 'json' } });
    expect(none.exitCode).to.equal(2);
    expect(parseLines(none.stderr)[0]?.message).to.match(/^a command is missing: expected one of apply, /);
  });

  it('a refusal is one object, with all of its lines', async () => {
    const refusing = { 'ip6tables-nft-restore': 'echo "ip6tables: no such module" >&2; exit 4' };
    const { exitCode, stderr } = await withScripts(refusing, (env) =>
      runInit(pair.pod, ['apply', '--ip-families', 'dual', '--backend', 'nft', ...json], { env }),
    );
    expect(exitCode).to.equal(5);
    const [error, ...others] = parseLines(stderr);
    expect(others).to.deep.equal([]);
    expect(error).to.deep.include({ level: 'error', code: 'refused', family: 'ipv6' });
    expect(error?.message).to.include('ip6tables: no such module');
  });
});
