import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Authority } from '../../../webhook/certificates/authority.ts';
import type { Serving } from '../../../webhook/certificates/serving.ts';

const newKey = {
  rsa: ['rsa:2048'],
  p256: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'without-identifier': ['rsa:2048', '-addext', 'subjectKeyIdentifier=none'],
} as const;

/** A CA as somebody makes one by hand, from now on for a month; its name is of several parts. */
export async function givenAuthority(kind: keyof typeof newKey): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-test-'));
  const [certificate, key] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  await execa('openssl', [
    ...['req', '-x509', '-nodes', '-days', '30', '-subj', '/C=DE/O=Kärcher & Co/CN=Platform'],
    ...['-newkey', ...newKey[kind], '-keyout', key, '-out', certificate],
  ]);
  const authority = { certificate: await readFile(certificate, 'utf8'), key: await readFile(key, 'utf8') };
  await rm(folder, { recursive: true });
  return authority;
}

/** A certificate as cert-manager stores it: that of an intermediate CA follows it in `tls.crt`. */
export async function chainOfOthers(
  kind: 'rsa' | 'ec',
  dnsNames: readonly string[],
): Promise<{ root: string; serving: Pick<Serving, 'certificate' | 'key'> }> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-test-'));
  const key = kind === 'rsa' ? newKey.rsa : newKey.p256;
  const openssl = (...args: string[]) => execa('openssl', args, { cwd: folder });
  const sign = (name: string, issuer: string, ...extensions: string[]) =>
    openssl(
      ...['req', '-x509', '-nodes', '-days', '30', '-newkey', ...key, '-subj', `/CN=${name}`],
      ...['-CA', `${issuer}.crt`, '-CAkey', `${issuer}.key`, '-keyout', `${name}.key`, '-out', `${name}.crt`],
      ...extensions.flatMap((one) => ['-addext', one]),
    );
  await openssl(
    'req',
    '-x509',
    '-nodes',
    '-newkey',
    ...key,
    '-subj',
    '/CN=root',
    '-keyout',
    'root.key',
    '-out',
    'root.crt',
  );
  await sign('between', 'root', 'basicConstraints=critical,CA:TRUE');
  const san = `subjectAltName=${dnsNames.map((name) => `DNS:${name}`).join(',')}`;
  await sign('leaf', 'between', 'basicConstraints=critical,CA:FALSE', san);
  const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
  const certificate = `${await read('leaf.crt')}${await read('between.crt')}`;
  const result = { root: await read('root.crt'), serving: { certificate, key: await read('leaf.key') } };
  await rm(folder, { recursive: true });
  return result;
}
