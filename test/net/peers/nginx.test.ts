import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { appUid, createTwoPods, type TwoPods } from './two-pods.ts';

const Mi = 2 ** 20;
/** Of the two kinds of ports: `bytes` are not declared to the proxy, the others are. */
const ports = {
  bytes: { http1: 8080, http2: 8081, tls: 8443 },
  declared: { http1: 9080, http2: 9081 },
} as const;

/** All that nginx writes is in its folder. It stores what is put to it, and gives it back. */
const configuration = (folder: string): string => `
daemon off;
pid ${folder}/pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/incoming;
  proxy_temp_path ${folder}/unused-1;
  fastcgi_temp_path ${folder}/unused-2;
  uwsgi_temp_path ${folder}/unused-3;
  scgi_temp_path ${folder}/unused-4;
  client_max_body_size 0;
  server {
    listen ${ports.bytes.http1};
    listen [::]:${ports.bytes.http1};
    listen ${ports.bytes.http2} http2;
    listen [::]:${ports.bytes.http2} http2;
    listen ${ports.bytes.tls} ssl http2;
    listen [::]:${ports.bytes.tls} ssl http2;
    listen ${ports.declared.http1};
    listen [::]:${ports.declared.http1};
    listen ${ports.declared.http2} http2;
    listen [::]:${ports.declared.http2} http2;
    ssl_certificate ${folder}/certificate.pem;
    ssl_certificate_key ${folder}/key.pem;
    root ${folder};
    location = /hello { return 200 "hello over $server_protocol\\n"; }
    location /files/ { dav_methods PUT; create_full_put_path on; }
  }
}
`;

describe('nginx and curl, through the proxies of both', () => {
  let pods: TwoPods;
  let folder: string;

  before(async function () {
    this.timeout(60_000);
    folder = await mkdtemp(join(tmpdir(), 'outrider-nginx-'));
    await writeFile(join(folder, 'nginx.conf'), configuration(folder));
    await chown(folder, appUid, appUid);
    const owner = { uid: appUid, gid: appUid };
    const subject = ['-subj', '/CN=shop.example', '-addext', 'subjectAltName=DNS:shop.example'];
    const files = ['-keyout', `${folder}/key.pem`, '-out', `${folder}/certificate.pem`];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];
    await execa('openssl', ['req', '-x509', ...key, ...subject, ...files], owner);
    await execa('openssl', ['rand', '-out', `${folder}/large`, `${256 * Mi}`], owner);
    pods = await createTwoPods({ [ports.declared.http1]: 'http', [ports.declared.http2]: 'http2' });
    await pods.serve(ports.bytes.tls, 'nginx', ['-c', `${folder}/nginx.conf`, '-p', folder]);
  });

  after(async () => {
    await pods?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A URL's start in the server's pod, by which curl also knows the name in the certificate. */
  const at = (scheme: 'http' | 'https', port: number, family: 'ipv4' | 'ipv6' = 'ipv4'): string => {
    const address = pods.server.addresses[family];
    const literal = family === 'ipv6' ? `[${address}]` : address;
    return `--connect-to ::${literal}:${port} ${scheme}://shop.example`;
  };

  for (const family of ['ipv4', 'ipv6'] as const) {
    for (const { speaks, flag, port, counted } of [
      { speaks: 'HTTP/1.1', flag: '--http1.1', port: ports.bytes.http1, counted: 'bytes' },
      { speaks: 'HTTP/2.0', flag: '--http2-prior-knowledge', port: ports.bytes.http2, counted: 'bytes' },
      { speaks: 'HTTP/1.1', flag: '--http1.1', port: ports.declared.http1, counted: 'http' },
      { speaks: 'HTTP/2.0', flag: '--http2-prior-knowledge', port: ports.declared.http2, counted: 'http' },
    ] as const) {
      it(`speak ${speaks} in clear over ${family}, on a port of ${counted}`, async () => {
        const carried = await pods.carried(async () => {
          const answer = await pods.run(`curl -sS ${flag} ${at('http', port, family)}/hello`);
          expect(answer).to.equal(`hello over ${speaks}\n`);
        });
        expect(carried).to.deep.equal({ out: 1, bytes: 0, http: 0, [counted]: 1 });
      });
    }

    for (const { speaks, flag } of [
      { speaks: 'HTTP/1.1', flag: '--http1.1' },
      { speaks: 'HTTP/2.0', flag: '--http2' },
    ]) {
      it(`speak ${speaks} in TLS over ${family}, which begins and ends at them: the certificate is nginx's`, async () => {
        const carried = await pods.carried(async () => {
          const trusted = `--cacert ${folder}/certificate.pem`;
          const url = `${at('https', ports.bytes.tls, family)}/hello`;
          const seen = await pods.run(`curl -sS ${flag} ${trusted} -w '%{certs}' ${url}`);
          const certificate = await readFile(join(folder, 'certificate.pem'), 'utf8');
          expect(seen)
            .to.match(new RegExp(`^hello over ${speaks}\n`))
            .and.include(certificate);
        });
        expect(carried).to.deep.equal({ out: 1, bytes: 1, http: 0 });
      });
    }
  }

  for (const { says, flag, port } of [
    { says: 'HTTP/1.1 as bytes', flag: '--http1.1', port: ports.bytes.http1 },
    { says: 'HTTP/1.1 that is parsed', flag: '--http1.1', port: ports.declared.http1 },
    { says: 'HTTP/2 that is parsed', flag: '--http2-prior-knowledge', port: ports.declared.http2 },
  ]) {
    it(`carry 256 MiB up and down whole, in ${says}, in little memory`, async function () {
      this.timeout(300_000);
      const url = `${at('http', port)}/files/${port}`;
      const grown = await pods.grown(async () => {
        await pods.run(`curl -sSf ${flag} -T ${folder}/large ${url}`);
        await pods.run(`cmp ${folder}/large ${folder}/files/${port}`);
        await pods.run(`curl -sSf ${flag} ${url} | cmp ${folder}/large -`);
      });
      for (const bytes of grown) expect(bytes).to.be.below(16 * Mi);
      await rm(join(folder, 'files', `${port}`));
    });

    it(`wait for a slow reader, in ${says}: the proxies hold little for it`, async () => {
      const slowly = `curl -sS ${flag} --limit-rate 1M --max-time 4 -o /dev/null ${at('http', port)}/large`;
      const grown = await pods.grown(() => pods.run(`${slowly} || [ $? = 28 ]`));
      for (const bytes of grown) expect(bytes).to.be.below(4 * Mi);
    });
  }
});
