import type { Host } from './host.ts';

/** The nat tables of both families as iptables-save prints them, without counters and dates, and the addresses of lo. */
export async function kernelState(host: Host): Promise<string> {
  const outcomes = await Promise.all([
    host.exec('iptables-save', ['-t', 'nat']),
    host.exec('ip6tables-save', ['-t', 'nat']),
    host.exec('ip', ['-brief', 'addr', 'show', 'dev', 'lo']),
  ]);
  return outcomes
    .map(({ stdout }) => stdout.replace(/^#.*\n/gm, '').replace(/ \[\d+:\d+\]$/gm, ''))
    .join('---\n');
}

/** Runs the lines as one transaction on the nat table of IPv4. */
export async function changeRules(host: Host, lines: readonly string[]): Promise<void> {
  const input = ['*nat', ...lines, 'COMMIT', ''].join('\n');
  const { exitCode, stderr } = await host.exec('iptables-restore', ['--noflush'], { input });
  if (exitCode !== 0) throw new Error(stderr);
}
