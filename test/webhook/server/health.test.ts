import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createCertificateMetrics } from '../../../webhook/server/certificate-metrics.ts';
import { createHealthApp } from '../../../webhook/server/health.ts';

describe('the health of a program', () => {
  let server: Server;
  let isAlive = true;
  let problem: string | undefined;
  before(async () => {
    const metrics = createCertificateMetrics();
    metrics.observeExpiry('ca', new Date('2026-02-03T04:05:06Z'));
    metrics.observeExpiry('serving', new Date('2026-02-03T04:05:06Z'));
    metrics.observeExpiry('serving', undefined);
    metrics.observePass(true);
    server = createServer(createHealthApp({ metrics, alive: () => isAlive, problem: () => problem }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => server.close());

  const ask = async (path: string): Promise<[number, string]> => {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return [response.status, await response.text()];
  };

  it('is told apart from its readiness', async () => {
    problem = 'there is no CA';
    expect(await ask('/readyz')).to.deep.equal([503, 'not ready: there is no CA']);
    expect(await ask('/healthz')).to.deep.equal([200, 'ok']);
    problem = undefined;
    isAlive = false;
    expect(await ask('/readyz')).to.deep.equal([200, 'ok']);
    expect(await ask('/healthz')).to.deep.equal([503, 'nothing has been done for minutes']);
  });

  it('has metrics beside it, of what there is alone', async () => {
    const [status, text] = await ask('/metrics');
    expect(status).to.equal(200);
    const lines = text.split('\n').filter((line) => line.startsWith('outrider_'));
    expect(lines).to.have.members([
      'outrider_certificate_expiry_timestamp_seconds{certificate="ca"} 1770091506',
      'outrider_certificates_kept 1',
    ]);
  });

  it('answers 404 to anything else', async () => {
    expect(await ask('/')).to.deep.equal([404, '{"error":"no such path"}']);
  });
});
