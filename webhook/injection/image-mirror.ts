import { parseImage } from '../../settings/image.ts';

/**
 * Whether `image` is `original` from another place: the same last name, with the same tag or, in its place or beside
 * it, a digest. So do webhooks write images that send pods to a mirror, or pin a tag.
 *
 *     envoyproxy/envoy:v1   registry.example/mirror/envoy:v1         yes
 *     envoyproxy/envoy:v1   envoyproxy/envoy@sha256:…                yes
 *     envoyproxy/envoy:v1   registry.example/mirror/envoy:v2         no
 *     envoyproxy/envoy:v1   registry.example/other:v1                no
 */
export function isMirrorOf(image: string, original: string): boolean {
  if (!parseImage(image).ok) return false;
  const [one, other] = [splitImage(image), splitImage(original)];
  if (one.name !== other.name) return false;
  if (other.digest !== undefined) return one.digest === other.digest;
  return one.tag === other.tag || (one.tag === undefined && one.digest !== undefined);
}

function splitImage(image: string): { name: string; tag: string | undefined; digest: string | undefined } {
  const [reference = '', digest] = image.split('@');
  const [name = '', tag] = reference.slice(reference.lastIndexOf('/') + 1).split(':');
  return { name, tag, digest };
}
