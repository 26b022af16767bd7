import { access, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import type { Layout } from './layout.ts';

/** Makes containerd hold the image of an archive, which changes its name with its contents. */
export async function importImage(layout: Layout, archive: string): Promise<void> {
  const mark = join(layout.loadedImages, basename(archive));
  if (
    await access(mark).then(
      () => true,
      () => false,
    )
  )
    return;
  // The kubelet looks for images in this namespace of containerd, and in no other.
  await execa('ctr', [
    `--address=${layout.containerdSocket}`,
    '--namespace=k8s.io',
    'images',
    'import',
    archive,
  ]);
  await mkdir(layout.loadedImages, { recursive: true });
  await writeFile(mark, '');
}

/** Has an image another name, too. */
export async function tagImage(layout: Layout, image: string, tag: string): Promise<void> {
  const names = [image, tag].map((name) => `docker.io/library/${name}`);
  const inNamespace = [`--address=${layout.containerdSocket}`, '--namespace=k8s.io'];
  await execa('ctr', [...inNamespace, 'images', 'tag', '--force', ...names]);
}

export async function containerdAnswers(layout: Layout): Promise<boolean> {
  const result = await execa('ctr', [`--address=${layout.containerdSocket}`, 'version'], { reject: false });
  return !result.failed;
}
