import type { Host } from './host.ts';

/**
 * All tables of both families and all backends as their programs print them, without counters, dates and tables without content, the
 * addresses of lo, and the rules and routes that lead to a table of routes other than the kernel's own.
 */
export async function kernelState(host: Host): Promise<string> {
  const outcomes = await Promise.all([
    host.exec('iptables-save', []),
    host.exec('ip6tables-save', []),
    host.exec('iptables-legacy-save', []),
    host.exec('ip6tables-legacy-save', []),
    host.exec('nft', ['list', 'table', 'inet', 'outrider']),
    host.exec('ip', ['-brief', 'addr', 'show', 'dev', 'lo']),
    host.exec('ip', ['-4', 'rule', 'show']),
    host.exec('ip', ['-6', 'rule', 'show']),
    host.exec('ip', ['-4', 'route', 'show', 'table', '133']),
    host.exec('ip', ['-6', 'route', 'show', 'table', '133']),
  ]);
  return outcomes
    .map(({ stdout }) =>
      stdout
        .replace(/^#.*\n/gm, '')
        .replace(/ \[\d+:\d+\]$/gm, '')
        .replace(/^\*\w+\n(:[A-Z]+ ACCEPT\n)*COMMIT\n/gm, ''),
    )
    .join('---\n');
}

/** Runs the lines as one transaction on a table of IPv4. */
export async function changeRules(host: Host, lines: readonly string[], table = 'nat'): Promise<void> {
  const input = [`*${table}`, ...lines, 'COMMIT', ''].join('\n');
  const { exitCode, stderr } = await host.exec('iptables-restore', ['--noflush'], { input });
  if (exitCode !== 0) throw new Error(stderr);
}
