import { expect } from 'chai';
import { type AnyPod, denial, inject, pod, review } from '../pods.ts';

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
