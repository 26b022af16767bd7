import type { Host } from './host.ts';

/**
 * All tables of both families and all backends as their programs print them, without counters, dates and tables without content, the
 * addresses of lo, and the rules and routes that lead to a table of routes other than the kernel's own.
 */
export async function kernelState(host: Host): Promise<string> {
  const { stdout } = await host.exec('sh', ['-c', commands.join('\necho ---\n')]);
  return stdout
    .replace(/^#.*\n/gm, '')
    .replace(/ \[\d+:\d+\]$/gm, '')
    .replace(/^\*\w+\n(:[A-Z]+ ACCEPT\n)*COMMIT\n/gm, '');
}

const commands = [
  'iptables-save',
  'ip6tables-save',
  'iptables-legacy-save',
  'ip6tables-legacy-save',
  'nft list table inet outrider',
  'ip -brief addr show dev lo',
  'ip -4 rule show',
  'ip -6 rule show',
  'ip -4 route show table 133',
  'ip -6 route show table 133',
];

/** Runs the lines as one transaction on a table of IPv4. */
export async function changeRules(host: Host, lines: readonly string[], table = 'nat'): Promise<void> {
  const input = [`*${table}`, ...lines, 'COMMIT', ''].join('\n');
  const { exitCode, stderr } = await host.exec('iptables-restore', ['--noflush'], { input });
  if (exitCode !== 0) throw new Error(stderr);
}
