import { dirname, join } from 'node:path';
import { envoyProgram } from '../net/envoy.ts';

/** What stands in for an image: a folder of this machine, where it appears in the container, what it starts. */
export interface Image {
  readonly folder: string;
  readonly mountPath: string;
  readonly entrypoint: readonly string[];
}

const root = join(import.meta.dirname, '../..');

/** The programs are the real ones, at the paths that they have in the real images. */
export function findImage(name: string): Image {
  if (name.startsWith('envoyproxy/envoy:')) {
    const folder = dirname(envoyProgram);
    return { folder, mountPath: '/usr/local/bin', entrypoint: ['/usr/local/bin/envoy'] };
  }
  if (name.startsWith('outrider:')) {
    return {
      folder: join(root, 'dist'),
      mountPath: '/usr/local/bin',
      entrypoint: ['/usr/local/bin/outrider'],
    };
  }
  if (name === 'example/web:1') {
    return {
      folder: root,
      mountPath: '/srv',
      entrypoint: ['/srv/node_modules/.bin/node', '/srv/test/net/fixtures/server.ts'],
    };
  }
  throw new Error(`the demo has no program for the image ${name}`);
}
