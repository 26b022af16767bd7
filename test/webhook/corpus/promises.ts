import { expect } from 'chai';
import type { PatchOperation } from '../../../webhook/injection/patch.ts';
import { type AnyPod, byName } from '../pods.ts';
import { valueOfQuantity } from './quantity.ts';

/** A pod before and after injection, and the patch between the two. */
export interface Injection {
  readonly before: AnyPod;
  readonly after: AnyPod;
  readonly operations: readonly PatchOperation[];
}

/**
 * What holds for every injected pod, whatever it is, said from the design and not from the code. `rewritten` are the paths
 * of what injection changes of the user's own, on purpose.
 */
export const promises: Readonly<
  Record<string, (injection: Injection, rewritten: readonly string[]) => void>
> = {
  'the proxy is the first init container, a native sidecar, and the init container is behind it'({ after }) {
    const [proxy, init] = after.spec.initContainers;
    expect(proxy).to.include({ name: 'outrider-proxy', restartPolicy: 'Always' });
    expect(init).to.include({ name: 'outrider-init' }).and.not.to.have.property('restartPolicy');
    expect(proxy, 'a sidecar that later containers must not wait for').not.to.have.property('startupProbe');
  },

  'no two containers have the same name, nor have two volumes'({ after: { spec } }) {
    const containers = [...spec.initContainers, ...spec.containers, ...(spec.ephemeralContainers ?? [])];
    for (const list of [containers, spec.volumes]) {
      const names = list.map(({ name }: AnyPod) => name);
      expect(names).to.deep.equal([...new Set(names)]);
    }
  },

  'nothing of the user is lost, changed or reordered'({ before, after }, rewritten) {
    const [was, is] = [usersOf(before), usersOf(after)];
    for (const { spec } of [was, is]) for (const path of rewritten) blank(spec, path);
    expect(textOf(is)).to.equal(textOf(was));
  },

  'the patch adds what is ours, each once, and takes away only what had our names'(
    { before, operations },
    rewritten,
  ) {
    const { spec, metadata } = before;
    const expected = [
      ...oursAmong(spec.containers, ourContainers).map((index) => `remove /spec/containers/${index}`),
      ...oursAmong(spec.initContainers, ourContainers).map((index) => `remove /spec/initContainers/${index}`),
      ...(spec.initContainers
        ? ['add /spec/initContainers/0', 'add /spec/initContainers/1']
        : ['add /spec/initContainers']),
      ...oursAmong(spec.volumes, ourVolumes).map((index) => `remove /spec/volumes/${index}`),
      spec.volumes ? 'add /spec/volumes/-' : 'add /spec/volumes',
      ...(metadata.annotations ? annotationsAdded(metadata.annotations) : ['add /metadata/annotations']),
    ];
    const lines = operations.map(({ op, path }) => `${op} ${path}`);
    expect(lines).to.include.members(expected);
    expect(lines.length > expected.length, lines.join(', ')).to.equal(rewritten.length > 0);
  },

  'no request is above its limit, CPU and memory have both, and no limit is without a request'({ after }) {
    for (const { name, resources } of after.spec.initContainers.slice(0, 2)) {
      expect(resources.limits, name).to.include.keys('cpu', 'memory');
      for (const [resource, limit] of Object.entries(resources.limits)) {
        const request = valueOfQuantity(resources.requests[resource]);
        expect(request, `${name} ${resource}`)
          .to.be.above(0)
          .and.at.most(valueOfQuantity(limit as string));
      }
    }
  },

  'our volume is in memory and small, and the proxy alone has its admin socket'({ after: { spec } }) {
    expect(byName(spec.volumes, 'outrider-run').emptyDir.medium).to.equal('Memory');
    const containers = [...spec.initContainers, ...spec.containers, ...(spec.ephemeralContainers ?? [])];
    const places = containers.flatMap(({ name, volumeMounts = [] }: AnyPod) =>
      volumeMounts
        .filter((mount: AnyPod) => mount.name === 'outrider-run')
        .map(({ mountPath, subPath = '' }: AnyPod) => `${name} ${mountPath} ${subPath}`),
    );
    const token = '/var/run/secrets/kubernetes.io/serviceaccount no-token';
    expect(places).to.have.members([
      'outrider-proxy /run/outrider ',
      `outrider-proxy ${token}`,
      `outrider-init ${token}`,
    ]);
  },

  'the proxy has a uid, or with TPROXY a gid, that nobody else asks for, and the rules know it'({
    before,
    after,
  }) {
    const [proxy, init] = after.spec.initContainers;
    const { runAsUser, runAsGroup } = proxy.securityContext;
    const { spec: users } = usersOf(before);
    const asked = [users, ...users.initContainers, ...users.containers].flatMap((one: AnyPod) => {
      const { runAsUser, runAsGroup, fsGroup, supplementalGroups = [] } = one.securityContext ?? {};
      return [runAsUser, runAsGroup, fsGroup, ...supplementalGroups];
    });
    const rules = JSON.parse(byName(init.env, 'OUTRIDER_CONFIG').value);
    expect(asked).not.to.include(runAsGroup);
    expect(runAsGroup).to.be.above(0);
    expect(runAsUser).to.equal(rules['redirect-mode'] === 'tproxy' ? 0 : runAsGroup);
    expect(rules['proxy-uid']).to.equal(`${runAsGroup}`);
    expect(rules['proxy-gid']).to.equal(rules['redirect-mode'] === 'tproxy' ? `${runAsGroup}` : '');
  },

  "the proxy could run under PodSecurity's restricted but for TPROXY, and the init container has two capabilities and no more"({
    after,
  }) {
    const [proxy, init] = after.spec.initContainers;
    const isTransparent = JSON.parse(byName(init.env, 'OUTRIDER_CONFIG').value)['redirect-mode'] === 'tproxy';
    expect(proxy.securityContext).to.deep.include({
      runAsNonRoot: !isTransparent,
      allowPrivilegeEscalation: false,
      capabilities: isTransparent ? { add: ['NET_RAW'], drop: ['ALL'] } : { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(init.securityContext.capabilities).to.deep.equal({ add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] });
    for (const { securityContext } of [proxy, init]) {
      expect(securityContext).to.include({ privileged: false, readOnlyRootFilesystem: true });
    }
  },
};

const ourContainers = ['outrider-proxy', 'outrider-init'];
const ourVolumes = ['outrider-run'];
const [evict, localVolumes] = ['safe-to-evict', 'safe-to-evict-local-volumes'].map(
  (name) => `cluster-autoscaler.kubernetes.io/${name}`,
) as [string, string];

/** Where the author has not decided for the whole pod, an autoscaler is told of our volume as well. */
const annotationsAdded = (annotations: AnyPod): string[] =>
  [...(evict in annotations ? [] : [localVolumes]), 'outrider.io/status'].map(
    (key) => `add /metadata/annotations/${key.replace('/', '~1')}`,
  );

/** Places of what has one of the names, from the last to the first. */
const oursAmong = (items: readonly AnyPod[] | null | undefined, names: readonly string[]): number[] =>
  (items ?? []).flatMap(({ name }, index) => (names.includes(name) ? [index] : [])).toReversed();

/** What of a pod is the user's. A list of none is as good as no list, to Kubernetes and to whoever reads the pod. */
export function usersOf(pod: AnyPod): AnyPod {
  const { metadata, spec, ...rest } = structuredClone(pod);
  const without = (items: AnyPod[] | null, names: readonly string[]) =>
    (items ?? []).filter(({ name }) => !names.includes(name));
  const { initContainers, containers, volumes, ...others } = spec;
  const { annotations, ...more } = metadata;
  delete annotations?.['outrider.io/status'];
  if (annotations?.[localVolumes] === 'outrider-run') delete annotations[localVolumes];
  else if (annotations?.[localVolumes])
    annotations[localVolumes] = annotations[localVolumes].replace(/,outrider-run$/, '');
  return {
    ...rest,
    metadata: { ...more, annotations: annotations ?? {} },
    spec: {
      ...others,
      containers: without(containers, ourContainers),
      initContainers: without(initContainers, ourContainers),
      volumes: without(volumes, ourVolumes),
    },
  };
}

/** As bytes: the order of fields counts. */
const textOf = (object: AnyPod): string => JSON.stringify(object, null, 1);

/** Removes what stands at a path such as `containers.app.livenessProbe`. */
function blank(parent: AnyPod, path: string): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const step = (at: AnyPod, key: string) => (Array.isArray(at) ? byName(at, key) : at?.[key]);
  const holder = keys.reduce(step, parent);
  if (holder !== undefined) delete holder[last];
}
