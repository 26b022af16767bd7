import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** What a client shows: in PEM, as Node's TLS takes it. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface ClientAuthority {
  readonly certificate: string;
  readonly key: string;
  /** @param purpose as OpenSSL has it in extendedKeyUsage. */
  issue(subject: string, purpose?: 'clientAuth' | 'serverAuth'): Promise<ClientCertificate>;
}

/** A CA that signs for clients, made by OpenSSL as an administrator makes one. */
export async function clientAuthority(name: string): Promise<ClientAuthority> {
  return signingWith(await request(`/CN=${name}`, ['-days', '30']));
}

/** The same of a CA that is there. */
export function signingWith(authority: ClientCertificate): ClientAuthority {
  return {
    certificate: authority.cert,
    key: authority.key,
    issue: (subject, purpose = 'clientAuth') =>
      request(
        subject,
        [
          ...['-CA', 'ca.crt', '-CAkey', 'ca.key', '-days', '30'],
          ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', `extendedKeyUsage=${purpose}`],
        ],
        authority,
      ),
  };
}

async function request(
  subject: string,
  options: readonly string[],
  authority?: ClientCertificate,
): Promise<ClientCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-test-'));
  if (authority !== undefined) {
    await writeFile(join(folder, 'ca.crt'), authority.cert);
    await writeFile(join(folder, 'ca.key'), authority.key);
  }
  const newKey = ['-newkey', 'rsa:2048', '-keyout', 'key', '-out', 'cert'];
  await execa('openssl', ['req', '-x509', '-nodes', ...newKey, '-subj', subject, ...options], {
    cwd: folder,
  });
  const [cert, key] = await Promise.all(['cert', 'key'].map((file) => readFile(join(folder, file), 'utf8')));
  await rm(folder, { recursive: true });
  return { cert: cert ?? '', key: key ?? '' };
}
