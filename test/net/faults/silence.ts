import type { Host } from '../host.ts';

/**
 * From now on drops what comes to a host and what leaves it, of one TCP port or of all, as a network does that is
 * gone: nobody is told. What is on loopback stays.
 */
export async function silence(host: Host, port?: number): Promise<{ end(): Promise<void> }> {
  const [to, from] = port === undefined ? ['', ''] : [`tcp dport ${port}`, `tcp sport ${port}`];
  const table = `table inet silence {
  chain in { type filter hook input priority -300; iif lo accept; ${to} drop; }
  chain out { type filter hook output priority -300; oif lo accept; ${from} drop; }
}`;
  const nft = async (input: string): Promise<void> => {
    const { exitCode, stderr } = await host.exec('nft', ['-f', '-'], { input });
    if (exitCode !== 0) throw new Error(`nft: ${stderr}`);
  };
  await nft(table);
  return { end: () => nft('delete table inet silence') };
}
