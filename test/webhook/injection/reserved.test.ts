import { expect } from 'chai';
import { denial, inject, pod, review, withAnnotations } from '../pods.ts';

describe('what is reserved', () => {
  for (const [what, spec, message] of [
    [
      'the name of the init container among the containers',
      { containers: [{ name: 'a' }, { name: 'outrider-init' }] },
      'container outrider-init: the name is reserved; choose another',
    ],
    [
      'the name of the init container among the init containers',
      { initContainers: [{ name: 'outrider-init' }] },
      'container outrider-init: the name is reserved; choose another',
    ],
    [
      'the name of the volume',
      { volumes: [{ name: 'outrider-run', emptyDir: {} }] },
      'volume outrider-run: the name is reserved; choose another',
    ],
    [
      'a mount of the volume in a container',
      { containers: [{ name: 'a', volumeMounts: [{ name: 'outrider-run', mountPath: '/x' }] }] },
      "container a: mounts the volume outrider-run, which is the proxy's alone; remove the mount",
    ],
    [
      'a mount of the volume in an init container',
      { initContainers: [{ name: 'a', volumeMounts: [{ name: 'outrider-run', mountPath: '/x' }] }] },
      "container a: mounts the volume outrider-run, which is the proxy's alone; remove the mount",
    ],
    [
      'the volume as a device',
      { containers: [{ name: 'a', volumeDevices: [{ name: 'outrider-run', devicePath: '/dev/x' }] }] },
      "container a: mounts the volume outrider-run, which is the proxy's alone; remove the mount",
    ],
    ...[15001, 15006, 15020, 15021, 15090].map(
      (port) =>
        [
          `the port ${port}`,
          { containers: [{ name: 'a', ports: [{ containerPort: 80 }, { containerPort: port }] }] },
          `container a: port ${port} is the proxy's; choose another`,
        ] as const,
    ),
    [
      'a port of the proxy in an init container',
      { initContainers: [{ name: 'a', restartPolicy: 'Always', ports: [{ containerPort: 15021 }] }] },
      "container a: port 15021 is the proxy's; choose another",
    ],
    [
      'a shared process namespace',
      { shareProcessNamespace: true },
      "spec.shareProcessNamespace: would let the application reach into the proxy's process; remove it, or label the pod outrider.io/inject=false",
    ],
    [
      'the process namespace of the node',
      { hostPID: true },
      "spec.hostPID: would let the application reach into the proxy's process; remove it, or label the pod outrider.io/inject=false",
    ],
  ] as const) {
    it(`is denied by name: ${what}`, () => {
      expect(denial(pod({ spec }))).to.equal(`outrider: ${message}`);
      expect(review(pod({ spec })).reason).to.equal('reserved');
    });
  }

  it('is told all at once', () => {
    const spec = {
      shareProcessNamespace: true,
      containers: [{ name: 'outrider-init' }, { name: 'a', ports: [{ containerPort: 15090 }] }],
    };
    expect(
      denial(pod({ spec }))
        .split('; ')
        .filter((part) => part.includes(':')),
    ).to.have.lengthOf(3);
  });

  for (const [what, spec] of [
    ['names that are merely like ours', { containers: [{ name: 'outrider' }, { name: 'outrider-proxy-2' }] }],
    [
      'ports beside ours',
      { containers: [{ name: 'a', ports: [{ containerPort: 15000 }, { containerPort: 15002 }] }] },
    ],
    ['shareProcessNamespace false', { shareProcessNamespace: false }],
    ['hostPID false', { hostPID: false }],
    ['volumes of other names', { volumes: [{ name: 'run', emptyDir: {} }] }],
  ] as const) {
    it(`is not denied: ${what}`, () => {
      expect(inject(pod({ spec })).spec.initContainers).to.have.lengthOf(2);
    });
  }
});

describe('an explicit proxy-uid', () => {
  const asked = (uid: string, spec: object) => ({
    ...withAnnotations({ 'outrider.io/proxy-uid': uid }),
    spec: pod({ spec }).spec,
  });

  for (const [what, spec] of [
    ['the pod', { securityContext: { runAsUser: 2000 } }],
    ['a container', { containers: [{ name: 'a', securityContext: { runAsUser: 2000 } }] }],
    ['a group of the pod', { securityContext: { supplementalGroups: [2000] } }],
  ] as const) {
    it(`is denied where ${what} asks for it too`, () => {
      expect(denial(asked('2000', spec))).to.equal(
        'outrider: pod annotation outrider.io/proxy-uid: "2000" is not valid: expected an id that nothing in the pod asks for, since that would bypass the proxy',
      );
    });
  }

  it('is denied where the namespace gave it, too', () => {
    const object = pod({ spec: { securityContext: { runAsUser: 51337 } } });
    const annotations = { 'outrider.io/proxy-uid': '51337' };
    expect(denial(object, { annotations })).to.include(
      'namespace annotation outrider.io/proxy-uid: "51337" is not valid',
    );
  });

  it('is denied where it is more than one', () => {
    expect(denial(asked('2000,2001', {}))).to.equal(
      'outrider: pod annotation outrider.io/proxy-uid: "2000,2001" is not valid: expected one user id: a pod has one proxy',
    );
  });

  it('is taken where nobody else asks for it', () => {
    const injected = inject(asked('2000', { securityContext: { runAsUser: 1000 } }));
    expect(injected.spec.initContainers[0].securityContext).to.include({ runAsUser: 2000, runAsGroup: 2000 });
  });
});
