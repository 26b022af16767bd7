import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { converse } from '../dialogue.ts';
import { appUid, createTwoPods, type TwoPods } from './two-pods.ts';

const port = 2525;

describe('An SMTP server and its client, through the proxies of both', () => {
  let pods: TwoPods;
  let folder: string;

  before(async function () {
    this.timeout(60_000);
    folder = await mkdtemp(join(tmpdir(), 'outrider-smtp-'));
    pods = await createTwoPods();
    // Before its first word it asks for the name of who comes. Here the answer is at once that nobody answers.
    await writeFile(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n');
    const script = `mount --bind ${folder}/resolv.conf /etc/resolv.conf
      exec msmtpd --interface ${pods.server.addresses.ipv4} --port ${port} --command 'tee ${folder}/mail; :'`;
    await pods.serve(port, 'unshare', ['--mount', 'sh', '-ec', script], { uid: 0 });
  });

  after(async () => {
    await pods?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('begin with the word of the server, at once', async () => {
    const to = { address: pods.server.addresses.ipv4, port };
    const course = await converse(pods.client, to, ['hear:220 '], { uid: appUid });
    expect(course.ended).to.equal(null);
    expect(course.seconds).to.be.below(5);
  });

  it('deliver a mail', async () => {
    const mail = ['From: a@shop.example', 'To: b@shop.example', 'Subject: hello', '', 'Hello.', ''];
    await writeFile(join(folder, 'draft'), mail.join('\r\n'));
    const carried = await pods.carried(() => {
      const people = '--mail-from a@shop.example --mail-rcpt b@shop.example';
      return pods.run(`curl -sSf ${people} -T ${folder}/draft smtp://${pods.server.addresses.ipv4}:${port}`);
    });
    expect(carried).to.deep.equal({ out: 1, bytes: 1, http: 0 });
    const delivered = await readFile(join(folder, 'mail'), 'utf8');
    // Behind the line that the server adds.
    expect(delivered.replaceAll('\r\n', '\n').endsWith(`\n${mail.join('\n')}`), delivered).to.equal(true);
  });
});
