import fc from 'fast-check';
import { type CommandName, runFlagsOf } from '../../init/flags.ts';
import { parseOptions } from '../../init/options.ts';
import { trace } from '../../init/trace/trace.ts';
import { buildExecutable, runInit } from './executable.ts';
import { type Attempt, arbitraryAttempt, arbitraryFlags, type Flags, simpler } from './model-cases.ts';
import type { Answer } from './traffic.ts';
import { addresses, createWorld, type World } from './world.ts';

/** How many connections for each backend; each of the settings is met by `perSettings` of them. */
const runs = Number(process.env.OUTRIDER_MODEL_RUNS ?? 600);
const perSettings = 30;
const seed = Number(process.env.OUTRIDER_MODEL_SEED ?? Date.now() % 2 ** 31);

const hasBackends = runFlagsOf('apply').some(({ key }) => key === 'backend');
const backends: readonly Flags[] = hasBackends
  ? ['nft', 'legacy', 'nftables'].map((backend) => ({ backend }))
  : [{}];

/** What `trace` says, or what the kernel did: the listener reached, and the destination it was told. */
interface Outcome {
  readonly goes: string;
  readonly port?: number;
  readonly destination: string;
}

const own = addresses.pod.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6]).join(',');
const options = (command: CommandName, flags: Flags) =>
  parseOptions(command, new Map(Object.entries(flags)), {});
const endpoint = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

function said(flags: Flags, { opener, address, port, source, outInterface }: Attempt): Outcome {
  const who: Flags =
    opener.at === 'pod'
      ? { uid: `${opener.uid}`, gid: `${opener.gid}`, 'out-interface': outInterface ?? 'eth0' }
      : { 'from-peer': 'true', 'in-interface': opener.at === 'peer' ? 'eth0' : 'eth1' };
  const to = endpoint(address, port);
  const question = { to, 'own-address': own, output: 'json', ...who, ...(source && { source }) };
  const { verdict, port: taken } = JSON.parse(trace(options('trace', { ...flags, ...question })).text);
  return { goes: verdict, ...(taken !== undefined && { port: taken }), destination: to };
}

/** Whether a port is the outbound or the inbound one, the settings say. */
function happened(flags: Flags, attempt: Attempt, answer: Answer): Outcome {
  const { inboundPort, outboundPort } = options('apply', flags).settings;
  switch (answer.program) {
    case 'server':
      return { goes: 'direct', destination: endpoint(answer.local.address, answer.local.port) };
    case 'capture': {
      const { listener, destination } = answer;
      const goes = { [inboundPort]: 'inbound', [outboundPort]: 'outbound' }[listener] ?? 'elsewhere';
      const told = destination === null ? 'nothing' : endpoint(destination.address, destination.port);
      return { goes, port: listener, destination: told };
    }
    case 'none':
      // What is dropped on its way is not heard of again.
      return answer.error === 'TIMEOUT'
        ? { goes: 'dropped', destination: endpoint(attempt.address, attempt.port) }
        : { goes: answer.error, destination: 'nothing' };
  }
}

for (const backend of backends) {
  describe(`The model against the kernel${backend.backend ? `, by ${backend.backend}` : ''}`, () => {
    let world: World;
    let families: string | undefined;
    before(async function () {
      this.timeout(60_000);
      await buildExecutable();
      world = await createWorld();
    });
    after(() => world?.close());

    it(`agree on ${runs} connections, with seed ${seed}`, async function () {
      this.timeout(60_000 + runs * 100);
      const cases = fc.sample(
        fc.tuple(
          arbitraryFlags,
          fc.array(arbitraryAttempt, { minLength: perSettings, maxLength: perSettings }),
        ),
        { seed, numRuns: Math.ceil(runs / perSettings) },
      );
      for (const [flags, attempts] of cases) {
        const disagreements = await disagree(flags, attempts.filter(isPossible(flags)));
        const [first] = disagreements;
        if (first !== undefined) throw new Error(await minimal(flags, first, disagreements.length));
      }
    });

    async function applyFlags(flags: Flags): Promise<void> {
      // What was written for another family would stay.
      const wanted = flags['ip-families'];
      if (families !== undefined && families !== wanted) await runInit(world.pod, ['cleanup']);
      families = wanted;
      const args = Object.entries({ ...flags, ...backend }).map(([key, value]) => `--${key}=${value}`);
      const { exitCode, stderr } = await runInit(world.pod, ['apply', ...args]);
      if (exitCode !== 0) throw new Error(`apply ${args.join(' ')}: ${stderr}`);
    }

    /** The attempts whose outcome is not the one that the model tells. */
    async function disagree(flags: Flags, attempts: readonly Attempt[]): Promise<readonly Attempt[]> {
      await applyFlags(flags);
      const groups = [...Map.groupBy(attempts, ({ opener }) => JSON.stringify(opener)).values()];
      const different = groups.map(async (group) => {
        const [first] = group;
        if (first === undefined) return [];
        const answers = await world.open(first.opener, group);
        return group.filter((attempt, index) => {
          const answer = answers[index];
          return answer === undefined || !agrees(said(flags, attempt), happened(flags, attempt, answer));
        });
      });
      return (await Promise.all(different)).flat();
    }

    /** The simplest settings that still disagree about one attempt, told with both outcomes. */
    async function minimal(flags: Flags, attempt: Attempt, count: number): Promise<string> {
      let simplest = flags;
      for (let found: Flags | undefined = flags; found !== undefined; ) {
        simplest = found;
        found = undefined;
        for (const candidate of simpler(simplest)) {
          if ((await disagree(candidate, [attempt])).length === 0) continue;
          found = candidate;
          break;
        }
      }
      await applyFlags(simplest);
      const [answer] = await world.open(attempt.opener, [attempt]);
      return [
        `seed ${seed}: ${count} of these settings disagree; the simplest case:`,
        `settings   ${JSON.stringify(simplest)}`,
        `connection ${JSON.stringify(attempt)}`,
        `expected   ${JSON.stringify(said(simplest, attempt))}`,
        `got        ${JSON.stringify(answer)}`,
      ].join('\n');
    }
  });
}

/** ::6 is an address of the pod only where IPv6 is captured. */
const isPossible =
  ({ 'ip-families': families }: Flags) =>
  ({ source }: Attempt): boolean =>
    source !== '::6' || families !== 'ipv4';

const agrees = (one: Outcome, other: Outcome): boolean =>
  one.goes === other.goes && one.port === other.port && one.destination === other.destination;
