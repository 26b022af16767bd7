import { once } from 'node:events';
import { execa } from 'execa';

/**
 * Runs `work` while nobody else on this machine does the same for that folder. The lock is the kernel's, on the
 * folder itself: it ends with its holder and leaves no file.
 */
export async function whileLocked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  // flock(1) runs its command once it has the lock; `cat` says so by echoing, and ends with its input.
  const holder = execa('flock', [folder, 'cat'], { stdin: 'pipe', buffer: false });
  holder.stdin.write('locked\n');
  await Promise.race([once(holder.stdout, 'data'), holder]);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await holder;
  }
}
