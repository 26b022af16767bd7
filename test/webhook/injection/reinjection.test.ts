import { expect } from 'chai';
import fc from 'fast-check';
import {
  type AnyPod,
  byName,
  denial,
  inject,
  pod,
  review,
  withAnnotations,
  withoutOurs,
  withServiceAccountToken,
} from '../pods.ts';

const corpus: Readonly<Record<string, AnyPod>> = {
  'a simple pod': pod(),
  'a pod with lists of its own': pod({
    metadata: { annotations: { 'a.io/b': 'c' } },
    spec: {
      initContainers: [{ name: 'migrate' }, { name: 'cache', restartPolicy: 'Always' }],
      volumes: [{ name: 'data', emptyDir: {} }],
    },
  }),
  'a pod whose uid clashes': pod({ spec: { securityContext: { runAsUser: 51337 } } }),
  'a pod with settings': withAnnotations({
    'outrider.io/exclude-outbound-ports': '25',
    'outrider.io/proxy-uid': '2000',
    'outrider.io/proxy-cpu': '.5',
  }),
};

/** What others change in the pod between two calls of the webhook. */
const changes: Readonly<Record<string, (injected: AnyPod) => AnyPod>> = {
  'nothing in between': (injected) => injected,
  'the token of the service account in every container': withServiceAccountToken,
  'AlwaysPullImages in between': (injected) => {
    const changed = structuredClone(injected);
    for (const one of [...changed.spec.containers, ...changed.spec.initContainers])
      one.imagePullPolicy = 'Always';
    return changed;
  },
  'the default of a LimitRange for ephemeral storage': (injected) => {
    const changed = structuredClone(injected);
    for (const { resources } of changed.spec.initContainers.slice(0, 2)) {
      resources.limits['ephemeral-storage'] = '1Gi';
      resources.requests['ephemeral-storage'] = '100Mi';
    }
    return changed;
  },
  "another webhook's init container at the end": (injected) => {
    const changed = structuredClone(injected);
    changed.spec.initContainers.push({ name: 'vault-agent', image: 'vault' });
    changed.spec.volumes.unshift({ name: 'vault', emptyDir: {} });
    return changed;
  },
};

describe('injection of an injected pod', () => {
  for (const [what, original] of Object.entries(corpus)) {
    for (const [how, change] of Object.entries(changes)) {
      it(`changes nothing: ${what}, ${how}`, () => {
        const changed = change(inject(original));
        expect(review(changed).answer).to.deep.equal({ kind: 'allowed' });
      });
    }
  }

  it('brings the proxy back to the front where another webhook went before it', () => {
    const injected = inject(pod());
    const other = { name: 'vault-agent', image: 'vault' };
    const changed = structuredClone(injected);
    changed.spec.initContainers.unshift(other);
    const again = inject(changed);
    expect(again.spec.initContainers).to.deep.equal([...injected.spec.initContainers, other]);
    expect(review(again).answer).to.deep.equal({ kind: 'allowed' });
  });

  it('follows a changed setting, and settles', () => {
    const injected = inject(pod());
    const annotations = { 'outrider.io/proxy-cpu': '700m' };
    const again = inject(injected, { annotations });
    expect(again).to.deep.equal(inject(pod(), { annotations }));
    expect(review(again, { annotations }).answer).to.deep.equal({ kind: 'allowed' });
  });

  it('takes the token of the service account away where it took the place of the empty folder', () => {
    const injected = withServiceAccountToken(inject(pod()));
    const stripped = structuredClone(injected);
    for (const container of stripped.spec.initContainers) delete container.volumeMounts;
    const mounted = withServiceAccountToken(stripped);
    expect(mounted.spec.initContainers[1].volumeMounts[0].name).to.equal('kube-api-access-x7k2p');
    expect(inject(mounted)).to.deep.equal(injected);
  });
});

/** Ways to forge an injected pod, and to say with the status annotation that it was us. */
const forgeries: Readonly<Record<string, (forged: AnyPod) => void>> = {
  'another image of the proxy': ({ spec }) => {
    spec.initContainers[0].image = 'evil:1';
  },
  'another image of the init container': ({ spec }) => {
    spec.initContainers[1].image = 'evil:1';
  },
  'a command in the proxy': ({ spec }) => {
    spec.initContainers[0].command = ['sleep', 'infinity'];
  },
  'another argument of the init container': ({ spec }) => {
    spec.initContainers[1].args = ['cleanup'];
  },
  'a variable more in the init container': ({ spec }) => {
    spec.initContainers[1].env.push({ name: 'OUTRIDER_EXCLUDE_OUTBOUND_CIDRS', value: '*' });
  },
  'variables from elsewhere': ({ spec }) => {
    spec.initContainers[1].envFrom = [{ configMapRef: { name: 'evil' } }];
  },
  'a stripped restartPolicy': ({ spec }) => {
    delete spec.initContainers[0].restartPolicy;
  },
  'the uid of root': ({ spec }) => {
    spec.initContainers[0].securityContext.runAsUser = 0;
  },
  'a privileged proxy': ({ spec }) => {
    spec.initContainers[0].securityContext.privileged = true;
  },
  'a port': ({ spec }) => {
    spec.initContainers[0].ports = [{ containerPort: 15020 }];
  },
  'our own variable with another value': ({ spec }) => {
    spec.initContainers[0].env[2] = { name: 'POD_IP', value: '192.0.2.1' };
  },
  'a mount over the admin socket': ({ spec }) => {
    spec.initContainers[0].volumeMounts.push({ name: 'evil', mountPath: '/run/./outrider/admin.sock' });
  },
  'our volume at a second path': ({ spec }) => {
    spec.initContainers[0].volumeMounts.push({ name: 'outrider-run', mountPath: '/x' });
  },
  'another tag of the image': ({ spec }) => {
    spec.initContainers[0].image = 'registry.example/envoy:distroless-v1.0.0';
    spec.initContainers[1].image = 'registry.example/outrider:0.0.1';
  },
  'a lifecycle hook of the init container': ({ spec }) => {
    spec.initContainers[1].lifecycle = { postStart: { exec: { command: ['/evil'] } } };
  },
  'other resources of the init container': ({ spec }) => {
    spec.initContainers[1].resources = { limits: { cpu: '1m', 'example.io/gpu': '8' } };
  },
  'no probe': ({ spec }) => {
    delete spec.initContainers[0].readinessProbe;
  },
  'the containers swapped': ({ spec }) => {
    spec.initContainers.reverse();
  },
  'the containers duplicated': ({ spec }) => {
    spec.initContainers = [...spec.initContainers, ...structuredClone(spec.initContainers)];
  },
  'a forged proxy before the honest one': ({ spec }) => {
    spec.initContainers.unshift({ name: 'outrider-proxy', image: 'evil:1' });
  },
  'a forged init container after the honest one': ({ spec }) => {
    spec.initContainers.push({ name: 'outrider-init', image: 'evil:1' });
  },
  'no proxy': ({ spec }) => {
    spec.initContainers.shift();
  },
  'no init container': ({ spec }) => {
    spec.initContainers.pop();
  },
  'no containers of ours at all': ({ spec }) => {
    delete spec.initContainers;
  },
  'no volume': ({ spec }) => {
    delete spec.volumes;
  },
  'a volume of the node in place of ours': ({ spec }) => {
    spec.volumes = [{ name: 'outrider-run', hostPath: { path: '/' } }];
  },
  'a volume of the node beside ours': ({ spec }) => {
    spec.volumes.push({ name: 'outrider-run', hostPath: { path: '/' } });
  },
  'a volume of the node before ours': ({ spec }) => {
    spec.volumes.unshift({ name: 'outrider-run', hostPath: { path: '/' } });
  },
  'our volume twice': ({ spec }) => {
    spec.volumes.push(structuredClone(spec.volumes[0]));
  },
  'a volume that is ours and a disk': ({ spec }) => {
    spec.volumes[0].hostPath = { path: '/' };
  },
  'a mount of another volume in place of the token': ({ spec }) => {
    spec.initContainers[0].volumeMounts.push({
      name: 'evil',
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
    });
  },
  'a mount of our volume in place of the token': ({ spec }) => {
    spec.initContainers[1].volumeMounts = [
      { name: 'outrider-run', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ];
  },
  'quantities that are none': ({ spec }) => {
    spec.initContainers[0].resources.limits['ephemeral-storage'] = { deep: [] };
    spec.initContainers[1].resources.requests['ephemeral-storage'] = null;
  },
  'lists that are none': ({ spec }) => {
    Object.assign(spec.initContainers[0], { args: 'x', env: {}, resources: { limits: null, requests: [] } });
  },
  'fields that a prototype has': ({ spec }) => {
    spec.initContainers[0] = JSON.parse(
      '{"name":"outrider-proxy","__proto__":{"image":"evil"},"constructor":1}',
    );
  },
  'another status': ({ metadata }) => {
    metadata.annotations['outrider.io/status'] = '{"version":"9.9.9"}';
  },
  'an empty status': ({ metadata }) => {
    metadata.annotations['outrider.io/status'] = '';
  },
};

describe('a forged pod', () => {
  for (const [what, forge] of Object.entries(forgeries)) {
    it(`comes out as the honest one: ${what}`, () => {
      const honest = inject(pod());
      const forged = structuredClone(honest);
      forge(forged);
      expect(forged).not.to.deep.equal(honest);
      expect(inject(forged)).to.deep.equal(honest);
    });

    it(`comes out with the user's own containers and volumes unharmed: ${what}`, () => {
      const spec = {
        initContainers: [{ name: 'migrate' }, { name: 'seed' }],
        volumes: [{ name: 'data', emptyDir: {} }],
      };
      const forged = inject(pod());
      forge(forged);
      forged.spec.initContainers = [...(forged.spec.initContainers ?? []), ...spec.initContainers];
      forged.spec.volumes = [...spec.volumes, ...(forged.spec.volumes ?? [])];
      expect(inject(forged)).to.deep.equal(inject(pod({ spec })));
    });
  }

  it('comes out with an empty folder in place of the token, whatever was written there', () => {
    const honest = inject(pod());
    const forged = structuredClone(honest);
    const [mount] = forged.spec.initContainers[0].volumeMounts.splice(1);
    forged.spec.initContainers[0].volumeMounts.push(
      { ...mount, readOnly: false, subPathExpr: '$(HOME)', mountPropagation: 'Bidirectional' },
      { ...mount, name: 'kube-api-access-other' },
    );
    expect(inject(forged)).to.deep.equal(honest);
  });

  it('is answered at once, however deep its containers are nested', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`);
    const forged = inject(pod());
    forged.spec.initContainers[0].args = [deep];
    forged.spec.initContainers[1].volumeMounts = [
      { name: 'kube-api-access-a', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', deep },
    ];
    forged.spec.volumes[0].emptyDir.sizeLimit = deep;
    const honest = inject(pod());
    const { answer } = review(forged);
    if (answer.kind !== 'patched') throw new Error(answer.kind);
    const added = answer.operations.flatMap((operation) => ('value' in operation ? [operation.value] : []));
    expect(added).to.deep.equal([...honest.spec.initContainers, honest.spec.volumes[0]]);
  });

  it('is denied where the containers are among the wrong ones', () => {
    const forged = inject(pod());
    forged.spec.containers.push({ name: 'outrider-proxy', image: 'evil:1' });
    expect(denial(forged)).to.equal(
      'outrider: container outrider-proxy: the name is reserved; choose another',
    );
  });

  it('is denied where a container of the user mounts our volume', () => {
    const forged = inject(pod());
    forged.spec.containers[0].volumeMounts = [{ name: 'outrider-run', mountPath: '/x' }];
    expect(denial(forged)).to.include('container shop: mounts the volume outrider-run');
  });
});

// Arbitrary pods: names that Kubernetes would take, and everything else.

const name = fc
  .stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/)
  .filter((text) => !/^(outrider-(proxy|init|run)|istio-proxy|linkerd-proxy)$/.test(text));
const uid = fc.oneof(fc.integer({ min: 51330, max: 51345 }), fc.integer({ min: 1, max: 2 ** 31 }));
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('$(POD_IP)', '$$', 'a $ b', '$(', '~1/~0'),
);
const container = fc.record(
  {
    name,
    image: text,
    command: fc.array(text, { maxLength: 3 }),
    args: fc.array(text, { maxLength: 3 }),
    env: fc.array(fc.record({ name, value: text }), { maxLength: 3 }),
    ports: fc.oneof(
      fc.constant(null),
      fc.array(fc.record({ containerPort: fc.integer({ min: 1, max: 14999 }) }), { maxLength: 3 }),
    ),
    securityContext: fc.record({ runAsUser: uid, runAsGroup: uid }, { requiredKeys: [] }),
    volumeMounts: fc.array(fc.record({ name, mountPath: text }), { maxLength: 2 }),
    future: fc.jsonValue(),
  },
  { requiredKeys: ['name'] },
);
const unique = { selector: (item: { name: string }) => item.name, maxLength: 4 };
const anyPod = fc
  .record({
    metadata: fc.record(
      {
        annotations: fc.option(
          fc.dictionary(
            text.filter((key) => !key.startsWith('outrider.io/')),
            text,
          ),
        ),
        labels: fc.option(fc.dictionary(name, name)),
        future: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
    spec: fc.record(
      {
        containers: fc.uniqueArray(container, { ...unique, minLength: 1 }),
        initContainers: fc.option(fc.uniqueArray(container, unique)),
        volumes: fc.option(fc.uniqueArray(fc.record({ name, future: fc.jsonValue() }), unique)),
        securityContext: fc.record({ runAsUser: uid, fsGroup: uid }, { requiredKeys: [] }),
        future: fc.jsonValue(),
      },
      { requiredKeys: ['containers'] },
    ),
  })
  // As it arrives: parsed from JSON, with keys such as __proto__ as fields like any other.
  .map((generated): AnyPod => JSON.parse(JSON.stringify(generated)));

describe('injection of an arbitrary pod', () => {
  it('loses, changes and reorders nothing of the user', () => {
    fc.assert(
      fc.property(anyPod, (original) => {
        const rest = withoutOurs(inject(original));
        const expected = structuredClone(original);
        expected.spec.initContainers ??= [];
        expected.spec.volumes ??= [];
        expected.metadata.annotations ??= {};
        expect(JSON.stringify(rest, sortedFields)).to.equal(JSON.stringify(expected, sortedFields));
      }),
    );
  });

  it('is complete after one time: a second one changes nothing, nor does one after the token was mounted', () => {
    fc.assert(
      fc.property(anyPod, (original) => {
        const injected = inject(original);
        expect(review(injected).answer).to.deep.equal({ kind: 'allowed' });
        expect(review(withServiceAccountToken(injected)).answer).to.deep.equal({ kind: 'allowed' });
      }),
    );
  });

  it('gives the proxy a uid that no container of the pod asks for', () => {
    fc.assert(
      fc.property(anyPod, (original) => {
        const { spec } = inject(original);
        const own = byName(spec.initContainers, 'outrider-proxy').securityContext.runAsUser;
        const others = [spec.securityContext, ...spec.containers.map((one: AnyPod) => one.securityContext)];
        for (const asked of others) expect(asked?.runAsUser).not.to.equal(own);
      }),
    );
  });
});

/** For JSON.stringify: objects with their fields in one order. */
function sortedFields(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
