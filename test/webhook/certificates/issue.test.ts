import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { type ConnectionOptions, connect, createServer, type Server } from 'node:tls';
import { expect } from 'chai';
import type { CertificateBundle } from '../../../webhook/certificates/bundle.ts';
import { issueBundle } from '../../../webhook/certificates/issue.ts';
import { names, twoBundles } from './issued.ts';

describe('an issued bundle', () => {
  let bundle: CertificateBundle;
  let other: CertificateBundle;
  let authority: X509Certificate;
  let serving: X509Certificate;
  before(() => {
    [bundle, other] = twoBundles();
    authority = new X509Certificate(bundle.caCertificate);
    serving = new X509Certificate(bundle.certificate);
  });

  it('has a CA that signs itself, and may sign certificates', () => {
    expect(authority.subject).to.equal('CN=outrider-webhook-ca');
    expect(authority.issuer).to.equal('CN=outrider-webhook-ca');
    expect(authority.ca).to.equal(true);
    expect(authority.verify(authority.publicKey)).to.equal(true);
  });

  it('has a serving certificate that the CA has signed, for its names and for servers alone', () => {
    expect(serving.ca).to.equal(false);
    expect(serving.verify(authority.publicKey)).to.equal(true);
    expect(serving.checkIssued(authority)).to.equal(true);
    expect(serving.subject).to.equal('CN=outrider-webhook.outrider-system.svc');
    expect(serving.subjectAltName).to.equal('DNS:outrider-webhook.outrider-system.svc, DNS:localhost');
    expect(serving.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.1']);
  });

  it('has RSA keys of 2048 bits', () => {
    for (const { publicKey } of [authority, serving]) {
      expect(publicKey.asymmetricKeyType).to.equal('rsa');
      expect(publicKey.asymmetricKeyDetails?.modulusLength).to.equal(2048);
    }
  });

  it('lives for ten years, from five minutes before', () => {
    for (const { validFromDate, validToDate } of [authority, serving]) {
      expect(validFromDate.toISOString()).to.equal('2026-03-01T11:55:00.000Z');
      expect(validToDate.toISOString()).to.equal('2036-03-01T12:00:00.000Z');
    }
  });

  it('has serial numbers that are positive, of 20 octets at most, and never the same twice', () => {
    const serials = [bundle, other].flatMap(({ caCertificate, certificate }) =>
      [caCertificate, certificate].map((pem) => new X509Certificate(pem).serialNumber),
    );
    for (const serial of serials) expect(serial).to.match(/^[1-7][0-9A-F]{1,39}$/);
    expect(new Set(serials).size).to.equal(4);
  });

  it('can be issued on the 29th of February, and past the year 2049', () => {
    const late = issueBundle(['a.example'], new Date('2048-02-29T00:00:00Z'));
    const { validToDate } = new X509Certificate(late.certificate);
    expect(validToDate.toISOString()).to.equal('2058-03-01T00:00:00.000Z');
  });

  describe('in a TLS handshake', () => {
    let server: Server;
    before(async () => {
      server = createServer({ cert: bundle.certificate, key: bundle.key }, (socket) => socket.end('hello'));
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
        expect(await handshake({ ca: bundle.caCertificate, servername })).to.equal('hello');
      });
    }

    it('is refused by a client that asks for another name', async () => {
      const options = { ca: bundle.caCertificate, servername: 'other.svc' };
      expect(await refusal(options)).to.equal('ERR_TLS_CERT_ALTNAME_INVALID');
    });

    it('is refused by a client that has another CA of the same name', async () => {
      const code = await refusal({ ca: other.caCertificate, servername: 'localhost' });
      expect(code).to.be.oneOf(['CERT_SIGNATURE_FAILURE', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']);
    });

    it('is refused by a client that has no CA of ours', async () => {
      expect(await refusal({ servername: 'localhost' })).to.equal('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    });
  });
});
