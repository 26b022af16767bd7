import { expect } from 'chai';
import { executable } from './executable.ts';
import { kernelState } from './kernel-state.ts';
import { withScripts } from './scripted-tools.ts';
import { usePair } from './use-pair.ts';

/**
 * A mock of a kernel without IPv6, since this machine's has it: a /proc without the files that IPv6 brings, in a mount
 * namespace of the command's own, and no address of IPv6. Everything else of /proc is the kernel's; `ls` is not heard, as
 * processes end while it looks.
 */
const hidden = `
real=$(mktemp -d)
trap 'umount -l /proc "$real" && rmdir "$real"' EXIT
mount --bind /proc "$real"
mount -t tmpfs none /proc
mkdir /proc/net
ln -s $(ls -d "$real"/* 2>/dev/null | grep -v '/net$') /proc
ln -s $(ls -d "$real"/self/net/* | grep -v -e inet6 -e ip6 -e 6$) /proc/net
"$@"
`;
/** What the programs say where the kernel does not know the family: mocks, too. */
const refusing = Object.fromEntries(
  ['', '-nft', '-legacy'].flatMap((variant) =>
    ['save', 'restore'].map((job) => {
      const name = `ip6tables${variant}-${job}`;
      return [name, `echo "${name}: Address family not supported by protocol" >&2; exit 1`];
    }),
  ),
);

describe('On a kernel without IPv6', () => {
  const pair = usePair();
  beforeEach(async () => {
    await pair.pod.exec('sh', ['-c', 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6']);
  });

  const run = (...args: string[]) =>
    withScripts(refusing, (env) =>
      pair.pod.exec('unshare', ['-m', 'sh', '-ec', hidden, 'sh', executable, ...args], { env }),
    );
  const missing = 'ipv6: not captured: ipv6: this kernel has no IPv6\n';

  for (const [backend, written] of [
    ['nft', 'ipv4: rules written\n'],
    ['legacy', 'ipv4: rules written\n'],
    ['nftables', 'inet: rules written\n'],
  ] as const) {
    for (const [families, told] of [
      [['auto'], ''],
      [['dual'], missing],
      [['dual', '--allow-uncaptured-family', 'true'], missing],
    ] as const) {
      const flags = ['--ip-families', ...families];
      it(`IPv4 is captured with ${backend} and ${flags.join(' ')}`, async () => {
        const before = await kernelState(pair.pod);
        for (const mode of ['redirect', 'tproxy']) {
          const all = [...flags, '--backend', backend, '--redirect-mode', mode];
          expect(await run('apply', ...all)).to.deep.equal({
            exitCode: 0,
            stdout: `${written}${told}`,
            stderr: '',
          });
          const verified = await run('verify', ...all);
          expect(verified.exitCode, verified.stdout).to.equal(0);
        }
        const cleaned = await run('cleanup');
        expect(cleaned.exitCode, cleaned.stderr).to.equal(0);
        expect(await kernelState(pair.pod)).to.equal(before);
      });
    }
  }

  it('IPv6 alone cannot be captured, and that is told', async () => {
    const { exitCode, stdout, stderr } = await run('apply', '--ip-families', 'ipv6');
    expect({ exitCode, stdout, stderr }).to.deep.equal({
      exitCode: 5,
      stdout: '',
      stderr: 'ipv6: this kernel has no IPv6\n',
    });
  });
});
