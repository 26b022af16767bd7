import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { until } from '../../cluster/polling.ts';
import { appUid, createTwoPods, type TwoPods } from './two-pods.ts';

const port = 5432;
/** Envoy looks for destinations without a connection each 5 s, and forgets what it finds twice. */
const quietSeconds = 12;

describe('PostgreSQL and psql, through the proxies of both', () => {
  let pods: TwoPods;
  let folder: string;

  before(async function () {
    this.timeout(120_000);
    folder = await mkdtemp(join(tmpdir(), 'outrider-postgres-'));
    await chown(folder, appUid, appUid);
    pods = await createTwoPods();
    const programs = await newestPrograms();
    const init = ['-D', `${folder}/data`, '-U', 'shop', '--auth=trust', '--no-sync', '--encoding=UTF8'];
    const { exitCode, stderr } = await pods.server.exec(`${programs}/initdb`, init, { uid: appUid });
    expect(exitCode, stderr).to.equal(0);
    const everybody = `echo 'host all all all trust' >>${folder}/data/pg_hba.conf`;
    await pods.server.exec('sh', ['-c', everybody]);
    const settings = ['-k', folder, '-h', '*', '-p', `${port}`, '-c', 'fsync=off'];
    await pods.serve(port, `${programs}/postgres`, ['-D', `${folder}/data`, ...settings]);
  });

  after(async () => {
    await pods?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const psql = (family: 'ipv4' | 'ipv6' = 'ipv4'): string =>
    `psql -X -A -t -q -v ON_ERROR_STOP=1 -h ${pods.server.addresses[family]} -p ${port} -U shop -d postgres`;

  for (const family of ['ipv4', 'ipv6'] as const) {
    it(`connect and ask over ${family}, which reaches the server from its own pod's proxy`, async () => {
      const carried = await pods.carried(async () => {
        const source = family === 'ipv4' ? '127.0.0.6' : '::6';
        const answer = await pods.run(`${psql(family)} -c 'select 6 * 7, host(inet_client_addr())'`);
        expect(answer).to.equal(`42|${source}\n`);
      });
      expect(carried).to.deep.equal({ out: 1, bytes: 1, http: 0 });
    });
  }

  it('copy a table of many megabytes in and out, whole', async () => {
    const rows = 200_000;
    // One line: its number, a tab, and a hundred letters.
    const letters = 'x'.repeat(100);
    await pods.run(`seq ${rows} | sed 's/$/\\t${letters}/' >${folder}/rows`, { uid: appUid });
    await pods.run(`${psql()} -c 'create table item (id int, name text)'`);
    await pods.run(`${psql()} -c 'copy item from stdin' <${folder}/rows`);
    expect(await pods.run(`${psql()} -c 'select count(*), sum(id), sum(length(name)) from item'`)).to.equal(
      '200000|20000100000|20000000\n',
    );
    await pods.run(`${psql()} -c 'copy item to stdout' | cmp ${folder}/rows -`);
  });

  it('notify who listens on a connection on which nothing was said for a while', async function () {
    this.timeout(60_000);
    const [command = '', ...args] = psql().split(' ');
    const listener = pods.client.spawn(command, args, { uid: appUid });
    listener.writeLine("listen news; select 'listens';");
    expect(await listener.nextLine()).to.equal('listens');
    await sleep(quietSeconds * 1000);
    await pods.run(`${psql()} -c "notify news, 'hello'"`);
    // psql reads what came only once it has something to ask. That it has come is known by the kernel.
    const unread = ['-Htn', 'state', 'established', `dport = :${port}`];
    await until(
      async () => /^[1-9]/m.test((await pods.client.exec('ss', unread)).stdout),
      AbortSignal.timeout(10_000),
    );
    listener.writeLine("select 'asks';");
    expect(await listener.nextLine()).to.equal('asks');
    expect(await listener.nextLine()).to.match(
      /^Asynchronous notification "news" with payload "hello" received from server process with PID \d+\.$/,
    );
    await listener.stop();
  });
});

/** Debian keeps the versions side by side, out of PATH. */
async function newestPrograms(): Promise<string> {
  const root = '/usr/lib/postgresql';
  const versions = (await readdir(root)).sort((a, b) => Number(a) - Number(b));
  return join(root, versions.at(-1) ?? '', 'bin');
}
