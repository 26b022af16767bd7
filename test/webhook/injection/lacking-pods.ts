import type { AnyPod } from '../pods.ts';

export const stranger = { name: 'stranger', image: 'stranger:1' };

export const remedy =
  '; another webhook has changed the pod after Outrider: set its reinvocationPolicy to Never ' +
  '(kubectl get mutatingwebhookconfigurations lists all), or label the pod outrider.io/inject=false';

/** What a webhook could make of an injected pod, and what is then told after `outrider: `. */
export const lacks: readonly [what: string, change: (spec: AnyPod) => void, message: string][] = [
  [
    'a move onto the network of the node',
    (spec) => {
      spec.hostNetwork = true;
    },
    `the pod is on the network of the node, whose traffic outrider-init would redirect${remedy}`,
  ],
  [
    'the proxy as a container of another kind',
    (spec) => {
      spec.containers.push({ ...spec.initContainers.shift(), restartPolicy: undefined });
    },
    'the pod has no init container outrider-proxy',
  ],
  [
    'a proxy that is no sidecar',
    (spec) => {
      delete spec.initContainers[0].restartPolicy;
      delete spec.initContainers[0].readinessProbe;
    },
    `the init container outrider-proxy lacks restartPolicy: Always: the pod would wait for its end${remedy}`,
  ],
  [
    'another container before the proxy',
    (spec) => spec.initContainers.unshift(stranger),
    `the first init container is stranger, where outrider-proxy has to be: it would get past the proxy${remedy}`,
  ],
  [
    'the proxy behind the init container',
    (spec) => spec.initContainers.reverse(),
    'the first init container is outrider-init, where outrider-proxy has to be',
  ],
  [
    'another container between the two',
    (spec) => spec.initContainers.splice(1, 0, stranger),
    `the init container behind outrider-proxy is not outrider-init: traffic would get past the proxy${remedy}`,
  ],
  [
    'no init container',
    (spec) => spec.initContainers.pop(),
    'the init container behind outrider-proxy is not outrider-init',
  ],
  [
    'no volume',
    (spec) => {
      spec.volumes = spec.volumes.filter(({ name }: { name: string }) => name !== 'outrider-run');
      for (const one of spec.initContainers) one.volumeMounts = [];
    },
    `the pod has no emptyDir outrider-run, mounted by outrider-proxy: the proxy would not start${remedy}`,
  ],
  [
    'a volume of another kind',
    (spec) => {
      spec.volumes = spec.volumes.map((one: { name: string }) =>
        one.name === 'outrider-run' ? { name: one.name, hostPath: { path: '/' } } : one,
      );
    },
    'the pod has no emptyDir outrider-run',
  ],
  [
    'a proxy that does not mount it',
    (spec) => {
      spec.initContainers[0].volumeMounts = [];
    },
    'the pod has no emptyDir outrider-run, mounted by outrider-proxy',
  ],
  [
    'the volume of the proxy in a container of the application',
    (spec) => {
      const mounts = spec.containers[0].volumeMounts ?? [];
      spec.containers[0].volumeMounts = [...mounts, { name: 'outrider-run', mountPath: '/x' }];
    },
    `container app mounts the volume outrider-run, which is the proxy's alone${remedy}`,
  ],
  [
    'the volume of the proxy in another init container',
    (spec) =>
      spec.initContainers.push({
        ...stranger,
        volumeMounts: [{ name: 'outrider-run', mountPath: '/x' }],
      }),
    'container stranger mounts the volume outrider-run',
  ],
];
