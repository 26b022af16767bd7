import { type AnyPod, inject, pod } from '../pods.ts';

/** A pod in which the author declares the proxy's container. */
export const declaredIn = (
  list: 'containers' | 'initContainers',
  declared: object,
  more: object = {},
): AnyPod => {
  const own = { name: 'outrider-proxy', ...declared };
  const { spec } = pod();
  return pod({ spec: { ...spec, [list]: [own, ...(spec[list] ?? [])], ...more } });
};
export const declared = (container: object, more: object = {}): AnyPod =>
  declaredIn('containers', container, more);

export const proxyOf = (injected: AnyPod): AnyPod => injected.spec.initContainers[0];
export const plain = proxyOf(inject(pod()));
