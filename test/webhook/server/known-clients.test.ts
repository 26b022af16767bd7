import { expect } from 'chai';
import { pino } from 'pino';
import { knowClients } from '../../../webhook/server/known-clients.ts';
import { logLines } from './log-lines.ts';
import { paths, run } from './server.ts';

describe('clients that nobody knows', () => {
  it('fill no log: one line for each reason in a minute tells how many it stands for', async () => {
    const { lines, stream } = logLines();
    const refusals: string[] = [];
    let now = 1_000_000;
    const { only } = knowClients({
      names: ['kube-apiserver'],
      metrics: { observeRefusal: (reason) => void refusals.push(reason) },
      log: pino({ base: null, timestamp: false }, stream),
      now: () => now,
    });
    // The handshakes of this server are not looked at, so nobody is known by one.
    const server = await run({ onlyKnown: only });
    const ask = async (times: number): Promise<void> => {
      for (let time = 0; time < times; time += 1) {
        expect(await server.send(paths.labelledPod)).to.include({ status: 403 });
      }
    };
    await ask(20);
    now += 59_999;
    await ask(1);
    now += 1;
    await ask(2);
    now += 60_000;
    await ask(1);
    await server.stop();
    expect(lines.map(({ unsaid }) => unsaid)).to.deep.equal([0, 20, 1]);
    expect(refusals).to.deep.equal(Array(24).fill('no-certificate'));
  });
});
