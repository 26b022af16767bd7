import { expect } from 'chai';
import { converse, nextCourse, startDialogue } from '../dialogue.ts';
import type { Host } from '../host.ts';
import type { Program } from '../program.ts';
import { fixture } from '../traffic.ts';
import { appUid, createTwoPods, type TwoPods } from './two-pods.ts';

const Mi = 2 ** 20;
const python = '/usr/bin/python3';

describe('A connection through the proxies of two pods, to its end', () => {
  let pods: TwoPods;

  before(async function () {
    this.timeout(60_000);
    pods = await createTwoPods();
  });

  after(() => pods?.close());

  /** Each dialogue has a port of its own. */
  let port = 7100;

  for (const family of ['ipv4', 'ipv6'] as const) {
    const dialogue = async (calling: readonly string[], called: readonly string[]) => {
      port += 1;
      const server = await startDialogue(pods.server, port, called, { uid: appUid });
      const to = { address: pods.server.addresses[family], port };
      const own = await converse(pods.client, to, calling, { uid: appUid });
      const other = await nextCourse(server);
      await server.stop();
      return { own, other };
    };
    const done = { ended: null };

    describe(`over ${family}`, () => {
      it('carries the answer to a client that has ended its own half already', async () => {
        const { own, other } = await dialogue(
          ['say:question', 'finish', 'hear:answer', 'heard-all'],
          ['hear:question', 'heard-all', 'pause:0.3', 'say:answer', 'finish'],
        );
        expect(own).to.include(done);
        expect(other).to.include(done);
      });

      it('carries what the client still says to a server that has ended its own half already', async () => {
        const { own, other } = await dialogue(
          ['heard-all', 'pause:0.3', 'say:late', 'finish'],
          ['finish', 'hear:late', 'heard-all'],
        );
        expect(own).to.include(done);
        expect(other).to.include(done);
      });

      it('that its client resets is reset for the server at once', async () => {
        const { other } = await dialogue(['say:a', 'hear:b', 'reset'], ['hear:a', 'say:b', 'hear:never']);
        expect(other).to.include({ at: 'hear:never' });
        expect(other.ended).to.equal('reset');
        expect(other.waited).to.be.below(5);
      });

      it('that its server resets is reset for the client at once', async () => {
        // It resets once its word has been heard: a reset overtakes what is still on its way, as without proxies.
        const { own } = await dialogue(
          ['say:a', 'hear:b', 'say:c', 'hear:never'],
          ['hear:a', 'say:b', 'hear:c', 'reset'],
        );
        expect(own).to.include({ at: 'hear:never' });
        expect(own.ended).to.equal('reset');
        expect(own.waited).to.be.below(5);
      });

      for (const slow of ['client', 'server'] as const) {
        it(`lets the sender wait for a ${slow} that reads nothing yet, holds little itself, and then carries all of it`, async function () {
          this.timeout(120_000);
          port += 1;
          const listens = ['listen', `${port}`];
          const connects = ['connect', pods.server.addresses[family], `${port}`];
          const run = (host: Host, verb: string, args: readonly string[]): Program =>
            host.spawn(python, [fixture('slow.py'), verb, ...args], { uid: appUid });
          const sends = (end: readonly string[]): string[] => [...end, `${sent}`];

          const server =
            slow === 'client' ? run(pods.server, 'send', sends(listens)) : run(pods.server, 'read', listens);
          expect(await server.nextLine()).to.equal('ready');
          const client =
            slow === 'client'
              ? run(pods.client, 'read', connects)
              : run(pods.client, 'send', sends(connects));
          const [reader, sender] = slow === 'client' ? [client, server] : [server, client];

          const grown = await pods.grown(async () => {
            const taken = await stalled(sender);
            expect(taken).to.be.within(1, sent / 2);
            reader.writeLine('');
            const told = JSON.parse(await reader.nextLine());
            expect(told).to.deep.equal({ bytes: sent, right: true, ended: 'closed' });
          });
          for (const bytes of grown) expect(bytes).to.be.below(4 * Mi);
        });
      }
    });
  }
});

/** More than the buffers of all sockets on the way, which are the kernel's. */
const sent = 128 * Mi;

/** What the kernel has taken of a sender, once that is the same as a second ago. */
async function stalled(sender: Program): Promise<number> {
  for (let last = 0; ; ) {
    const taken = Number(await sender.nextLine());
    if (taken > 0 && taken === last) return taken;
    last = taken;
  }
}
