import { once } from 'node:events';
import type { Server } from 'node:https';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { expect } from 'chai';
import express from 'express';
import { pino } from 'pino';
import type { Serving } from '../../../webhook/certificates/serving.ts';
import { type CertificateKeeper, keepCertificate } from '../../../webhook/server/certificate-keeper.ts';
import { listen, replaceCredentials } from '../../../webhook/server/listen.ts';
import { chainOfOthers } from '../certificates/given.ts';
import { authority, days, minutes, names, serve, start } from '../certificates/issued.ts';

function keep(now = start, dnsNames = names) {
  const lines: Record<string, unknown>[] = [];
  const observed: [string, Date | undefined][] = [];
  const stream = new Writable({
    write(line, _encoding, done) {
      lines.push(JSON.parse(`${line}`));
      done();
    },
  });
  const keeper = keepCertificate({
    dnsNames,
    metrics: { observeCertificate: (result, expires) => void observed.push([result, expires]) },
    log: pino({ base: null, timestamp: false }, stream),
    now: () => now,
  });
  return { keeper, lines, observed };
}

describe('the certificate in force', () => {
  const ca = authority();
  const first = serve(ca);
  const second = serve(ca);

  it('is the newest that can serve, and tells when it expires', () => {
    const { keeper, observed } = keep();
    expect(keeper.inForce()).to.equal(undefined);
    expect(keeper.take(first)).to.equal('taken');
    expect(keeper.take(second)).to.equal('taken');
    expect(keeper.inForce()).to.equal(second);
    expect(observed).to.deep.equal([
      ['taken', days(7)],
      ['taken', days(7)],
    ]);
  });

  it('stays where it is offered once more', () => {
    const { keeper, observed } = keep();
    const applied: Serving[] = [];
    keeper.take(first);
    keeper.follow((serving) => applied.push(serving));
    expect(keeper.take({ ...first, authorities: '' })).to.equal('taken');
    expect(applied).to.deep.equal([]);
    expect(observed).to.have.lengthOf(1);
  });

  for (const [what, bad, problem] of [
    ['is deleted', undefined, 'there is none any more'],
    ['has the key of another', { ...second, key: first.key }, 'its key does not belong to it'],
    ['is empty', { certificate: '', key: '', authorities: '' }, /^it cannot be read: /],
    ['has expired', serve(ca, days(-8)), 'it has expired at 2026-02-28T12:00:00.000Z'],
  ] as const) {
    it(`stays where the stored one ${what}, and the log tells why`, () => {
      const { keeper, lines, observed } = keep();
      keeper.take(first);
      expect(keeper.take(bad)).to.equal('refused');
      expect(keeper.inForce()).to.equal(first);
      expect(observed.at(-1)).to.deep.equal(['refused', undefined]);
      const last = lines.at(-1);
      expect(last).to.include({ level: 50, msg: 'certificate refused', inForce: 'the one before' });
      if (typeof problem === 'string') expect(last).to.include({ problem });
      else expect(last?.problem).to.match(problem);
    });
  }

  it('is taken by a replica whose clock is five minutes behind', () => {
    expect(keep(minutes(-5)).keeper.take(first)).to.equal('taken');
  });

  it('stays in a replica whose clock is further behind: who judges by the same clock would not trust it yet', () => {
    const { keeper, lines } = keep(minutes(-6));
    const before = serve(ca, days(-1));
    keeper.take(before);
    expect(keeper.take(first)).to.equal('refused');
    expect(keeper.inForce()).to.equal(before);
    expect(lines.at(-1)).to.include({ problem: 'it is not valid yet' });
  });

  it('is none for another Service', () => {
    const { keeper } = keep(start, ['other.outrider-system.svc']);
    expect(keeper.take(first)).to.equal('refused');
    expect(keeper.inForce()).to.equal(undefined);
  });

  it('is in no line of the log', () => {
    const { keeper, lines } = keep();
    keeper.take(first);
    keeper.take({ ...second, key: first.key });
    const text = JSON.stringify(lines);
    for (const { key } of [first, second]) expect(text).not.to.include(key.split('\n')[1]);
  });
});

describe('a server whose certificate changes', () => {
  const now = new Date();
  const ca = authority(now);
  let server: Server;
  let keeper: CertificateKeeper;
  beforeEach(async () => {
    // What a test makes meanwhile is valid by then.
    keeper = keep(new Date(now.getTime() + 600_000)).keeper;
    const serving = serve(ca, now);
    keeper.take(serving);
    const app = express();
    app.post('/', async (received, response) => {
      const chunks: Uint8Array[] = await received.toArray();
      response.send(Buffer.concat(chunks));
    });
    server = await listen(app, serving, 0);
    keeper.follow((next) => replaceCredentials(server, next));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const trust = () => ({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    servername: 'localhost',
  });
  const serialShown = async (options: object): Promise<string> => {
    const socket: TLSSocket = connect({ ...trust(), ...options });
    await once(socket, 'secureConnect');
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  };

  it('shows the new one to who connects from then on, also by another CA', async () => {
    const before = await serialShown({ ca: ca.certificate });
    keeper.take(serve(ca, now));
    expect(await serialShown({ ca: ca.certificate })).not.to.equal(before);
    const next = authority(now);
    keeper.take(serve(next, now));
    await serialShown({ ca: next.certificate });
    const refused = await serialShown({ ca: ca.certificate }).catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });

  it('answers a request that was under way, and those after it on the same connection', async () => {
    const agent = new Agent({ ...trust(), ca: ca.certificate, keepAlive: true, maxSockets: 1 });
    const send = () => request({ ...trust(), agent, path: '/', method: 'POST' });
    const slow = send();
    slow.write('before ');
    await once(slow, 'socket');
    await new Promise<void>((resolve) => slow.write('', () => resolve()));
    keeper.take(serve(authority(now), now));
    slow.end('after');
    const [answer] = await once(slow, 'response');
    expect(`${Buffer.concat(await answer.toArray())}`).to.equal('before after');
    const again = send();
    again.end('again');
    const [second] = await once(again, 'response');
    expect(again.reusedSocket).to.equal(true);
    expect(`${Buffer.concat(await second.toArray())}`).to.equal('again');
    agent.destroy();
  });

  it('goes on showing what it has where the next one is not of use', async () => {
    const before = await serialShown({ ca: ca.certificate });
    keeper.take({ ...serve(ca, now), key: 'broken' });
    keeper.take(undefined);
    expect(await serialShown({ ca: ca.certificate })).to.equal(before);
  });

  it('still refuses old versions of TLS, and ciphers without authentication, after a change', async () => {
    keeper.take(serve(ca, now));
    for (const [options, code] of [
      [{ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }, 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
      [
        { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0' },
        'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
      ],
    ] as const) {
      const refused = await serialShown({
        ca: ca.certificate,
        ciphers: 'DEFAULT:@SECLEVEL=0',
        ...options,
      }).catch((error: unknown) => error);
      expect(refused).to.have.property('code', code);
    }
  });

  for (const kind of ['rsa', 'ec'] as const) {
    it(`shows a chain that others wrote, with a key of the type ${kind} and no CA beside it`, async () => {
      const { root, serving } = await chainOfOthers(kind, names);
      expect(keeper.take({ ...serving, authorities: '' })).to.equal('taken');
      await serialShown({ ca: root });
    });
  }
});
