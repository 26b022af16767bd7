import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, createServer, type Server } from 'node:tls';
import { expect } from 'chai';
import { execa } from 'execa';
import { issueAuthority, issuedAt, issueServing } from '../../../webhook/certificates/issue.ts';
import { givenAuthority } from './given.ts';
import { days, minutes, names, start, week, year } from './issued.ts';

describe('an issued certificate', () => {
  const ca = issueAuthority(year, start);
  const other = issueAuthority(year, start);
  const issued = issueServing(ca, names, week, start);
  const authority = new X509Certificate(ca.certificate);
  const serving = new X509Certificate(issued.certificate);

  it('is of a CA that signs itself, may sign certificates, and has a name of its own', () => {
    expect(authority.subject).to.match(/^CN=outrider-ca [0-9a-f]{8}$/);
    expect(authority.issuer).to.equal(authority.subject);
    expect(authority.subject).not.to.equal(new X509Certificate(other.certificate).subject);
    expect(authority.ca).to.equal(true);
    expect(authority.verify(authority.publicKey)).to.equal(true);
  });

  it('is signed by the CA, for its names and for servers alone', () => {
    expect(serving.ca).to.equal(false);
    expect(serving.verify(authority.publicKey)).to.equal(true);
    expect(serving.checkIssued(authority)).to.equal(true);
    expect(serving.subject).to.equal('CN=outrider-webhook');
    expect(serving.subjectAltName).to.equal('DNS:outrider-webhook.outrider-system.svc, DNS:localhost');
    expect(serving.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.1']);
  });

  it('has a key on the curve P-256', () => {
    for (const { publicKey } of [authority, serving]) {
      expect(publicKey.asymmetricKeyType).to.equal('ec');
      expect(publicKey.asymmetricKeyDetails?.namedCurve).to.equal('prime256v1');
    }
  });

  it('lives as long as it is told, from five minutes before', () => {
    expect(authority.validFromDate.toISOString()).to.equal('2026-03-01T11:55:00.000Z');
    expect(authority.validToDate.toISOString()).to.equal('2027-03-01T12:00:00.000Z');
    expect(serving.validFromDate.toISOString()).to.equal('2026-03-01T11:55:00.000Z');
    expect(serving.validToDate.toISOString()).to.equal('2026-03-08T12:00:00.000Z');
    expect(issuedAt(serving)).to.deep.equal(start);
  });

  it('does not outlive its CA', () => {
    const late = new X509Certificate(
      issueServing(ca, names, week, new Date('2027-02-27T00:00:00Z')).certificate,
    );
    expect(late.validToDate).to.deep.equal(authority.validToDate);
  });

  it('has a serial number that is positive, of 20 octets at most, and never the same twice', () => {
    const serials = [ca, other, issued, issueServing(ca, names, week, start)].map(
      ({ certificate }) => new X509Certificate(certificate).serialNumber,
    );
    for (const serial of serials) expect(serial).to.match(/^[4-7][0-9A-F]{31}$/);
    expect(new Set(serials).size).to.equal(4);
  });

  it('can be issued on the 29th of February, and past the year 2049', () => {
    const late = issueAuthority(3 * year, new Date('2048-02-29T00:00:00Z'));
    const { validToDate, validFromDate } = new X509Certificate(late.certificate);
    expect(validFromDate.toISOString()).to.equal('2048-02-28T23:55:00.000Z');
    expect(validToDate.toISOString()).to.equal('2051-02-28T00:00:00.000Z');
  });

  /** In a folder that has `ca.crt` and `tls.crt`. */
  const withOpenSsl = async <T>(use: (openssl: (...args: string[]) => Promise<string>) => Promise<T>) => {
    const cwd = await mkdtemp(join(tmpdir(), 'outrider-test-'));
    await writeFile(join(cwd, 'ca.crt'), ca.certificate);
    await writeFile(join(cwd, 'tls.crt'), issued.certificate);
    const result = await use(async (...args) => {
      const { all } = await execa('openssl', args, { cwd, reject: false, all: true });
      return all;
    });
    await rm(cwd, { recursive: true });
    return result;
  };
  const verify = (at: Date): string[] => [
    ...['verify', '-x509_strict', '-purpose', 'sslserver', '-attime', `${Math.floor(at.getTime() / 1000)}`],
    ...['-CAfile', 'ca.crt', 'tls.crt'],
  ];

  it('has the extensions of RFC 5280, which OpenSSL takes when it is strict', () =>
    withOpenSsl(async (openssl) => {
      expect(await openssl(...verify(start))).to.equal('tls.crt: OK');
      const extensionsOf = async (file: string): Promise<string[]> => {
        const text = await openssl('x509', '-in', file, '-noout', '-text', '-certopt', 'ext_parse');
        const block = text.slice(
          text.indexOf('X509v3 extensions:'),
          text.indexOf('Signature Algorithm', 200),
        );
        return block.split('\n').map((line) => line.trim());
      };
      const authorityLines = await extensionsOf('ca.crt');
      const identifier = authorityLines[authorityLines.indexOf('X509v3 Subject Key Identifier:') + 1];
      expect(identifier).to.match(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/);
      expect(authorityLines.slice(0, 7)).to.deep.equal([
        'X509v3 extensions:',
        ...['X509v3 Basic Constraints: critical', 'CA:TRUE, pathlen:0'],
        ...['X509v3 Key Usage: critical', 'Certificate Sign, CRL Sign'],
        ...['X509v3 Subject Key Identifier:', identifier],
      ]);
      expect((await extensionsOf('tls.crt')).slice(0, 11)).to.deep.equal([
        'X509v3 extensions:',
        ...['X509v3 Basic Constraints: critical', 'CA:FALSE'],
        ...['X509v3 Key Usage: critical', 'Digital Signature'],
        ...['X509v3 Extended Key Usage:', 'TLS Web Server Authentication'],
        ...['X509v3 Subject Alternative Name:', 'DNS:outrider-webhook.outrider-system.svc, DNS:localhost'],
        ...['X509v3 Authority Key Identifier:', identifier],
      ]);
    }));

  for (const [clock, at, answer] of [
    ['five minutes behind', minutes(-5), 'OK'],
    ['further behind', new Date(minutes(-5).getTime() - 1000), 'certificate is not yet valid'],
    [
      'a quarter of its life ahead, when it is renewed at the latest',
      days(7 * (2 / 3 + 1 / 20 + 1 / 4)),
      'OK',
    ],
    ['a second before its end', new Date(days(7).getTime() - 1000), 'OK'],
    ['at its end', days(7), 'certificate has expired'],
  ] as const) {
    it(`is judged by a clock that is ${clock}, as an API server's may be: ${answer}`, async () => {
      expect(await withOpenSsl((openssl) => openssl(...verify(at)))).to.contain(answer);
    });
  }

  for (const kind of ['rsa', 'p256', 'p384', 'without-identifier'] as const) {
    it(`can be of a CA that was given, which OpenSSL made: ${kind}`, async () => {
      const given = await givenAuthority(kind);
      const root = new X509Certificate(given.certificate);
      const now = new Date();
      const leaf = new X509Certificate(issueServing(given, names, week, now).certificate);
      expect(leaf.checkIssued(root)).to.equal(true);
      expect(leaf.verify(root.publicKey)).to.equal(true);
      expect(leaf.issuer).to.equal(root.subject);
    });
  }

  describe('in a TLS handshake', () => {
    // The client has no clock but the machine's.
    const now = new Date();
    const ca = issueAuthority(year, now);
    const other = issueAuthority(year, now);
    const issued = issueServing(ca, names, week, now);
    let server: Server;
    before(async () => {
      server = createServer({ cert: issued.certificate, key: issued.key }, (socket) => socket.end('hello'));
      server.on('tlsClientError', () => undefined);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    after(() => server.close());

    const handshake = (options: ConnectionOptions): Promise<string> =>
      new Promise((resolve, reject) => {
        const { port } = server.address() as AddressInfo;
        const socket = connect({ host: '127.0.0.1', port, ...options });
        socket.once('error', reject);
        socket.once('data', (data) => {
          socket.destroy();
          resolve(`${data}`);
        });
      });
    const refusal = (options: ConnectionOptions): Promise<string | undefined> =>
      handshake(options).then(
        () => 'accepted',
        (error: NodeJS.ErrnoException) => error.code,
      );

    for (const servername of names) {
      it(`is trusted by a client that has the CA and asks for ${servername}`, async () => {
        expect(await handshake({ ca: ca.certificate, servername })).to.equal('hello');
      });
    }

    it('is trusted by a client that has two of our CAs', async () => {
      const both = [other.certificate, ca.certificate];
      expect(await handshake({ ca: both, servername: 'localhost' })).to.equal('hello');
    });

    it('is refused by a client that asks for another name', async () => {
      const options = { ca: ca.certificate, servername: 'other.svc' };
      expect(await refusal(options)).to.equal('ERR_TLS_CERT_ALTNAME_INVALID');
    });

    it('is refused by a client that has another CA of ours', async () => {
      const code = await refusal({ ca: other.certificate, servername: 'localhost' });
      expect(code).to.equal('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    });

    it('is refused by a client that has no CA of ours', async () => {
      expect(await refusal({ servername: 'localhost' })).to.equal('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    });
  });
});
