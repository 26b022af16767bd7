import { join } from 'node:path';
import { cacheFolder } from '../cache.ts';
import { buildBaseImage } from './base.ts';
import { buildImage } from './build.ts';

const version = '1.40.0';

const name = `docker.io/envoyproxy/envoy:distroless-v${version}`;

/** Builds the proxy's image around the program that was fetched into the cache before. */
export async function buildEnvoyImage(): Promise<string> {
  return buildImage({
    tag: name,
    dockerfile: join(import.meta.dirname, 'envoy.Dockerfile'),
    context: join(cacheFolder(), `envoy-${version}`),
    inputs: ['envoy'],
    buildArgs: { BASE: await buildBaseImage() },
  });
}
