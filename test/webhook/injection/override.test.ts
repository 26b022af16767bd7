import { expect } from 'chai';
import {
  type AnyPod,
  byName,
  denial,
  inject,
  pod,
  review,
  withAnnotations,
  withServiceAccountToken,
} from '../pods.ts';
import { declared, declaredIn, plain, proxyOf } from './declared.ts';

/** What the API server writes into a container before a webhook sees it. */
const filledIn = {
  imagePullPolicy: 'Always',
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};

describe('a container outrider-proxy of the author', () => {
  const word = {
    image: 'auto',
    resources: { limits: { memory: '1Gi', 'example.io/nic': '1' }, requests: { cpu: '250m' } },
    env: [{ name: 'TZ', value: 'UTC' }],
    volumeMounts: [{ name: 'certificates', mountPath: '/etc/certificates', readOnly: true }],
    securityContext: { seLinuxOptions: { level: 's0:c1' }, appArmorProfile: { type: 'RuntimeDefault' } },
    lifecycle: { preStop: { sleep: { seconds: 5 } } },
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
  const volumes = [{ name: 'certificates', emptyDir: {} }];

  it('is merged over ours, field by field and entry by entry', () => {
    const injected = inject(declared(word, { volumes }));
    expect(proxyOf(injected)).to.deep.equal({
      ...plain,
      args: proxyOf(inject(withAnnotations({ 'outrider.io/proxy-memory-limit': '1Gi' }))).args,
      resources: {
        limits: { cpu: '2', memory: '1Gi', 'example.io/nic': '1' },
        requests: { cpu: '250m', memory: '1Gi', 'example.io/nic': '1' },
      },
      env: [...plain.env, { name: 'TZ', value: 'UTC' }],
      volumeMounts: [...plain.volumeMounts, ...word.volumeMounts],
      securityContext: { ...plain.securityContext, ...word.securityContext },
      lifecycle: word.lifecycle,
      terminationMessagePolicy: 'FallbackToLogsOnError',
    });
  });

  it('leaves the place where it was declared, and nothing else changes', () => {
    const injected = inject(declared(word, { volumes }));
    const { spec } = inject(pod({ spec: { volumes } }));
    expect(injected.spec.containers).to.deep.equal(spec.containers);
    expect(injected.spec.initContainers[1]).to.deep.equal(spec.initContainers[1]);
    expect(injected.spec.volumes).to.deep.equal(spec.volumes);
  });

  it('may be declared among the init containers as well', () => {
    const among = declaredIn('initContainers', { ...word, restartPolicy: 'Always' }, { volumes });
    expect(inject(among)).to.deep.equal(inject(declared(word, { volumes })));
  });

  it('moves no probe of its neighbours to another container', () => {
    const object = declared({ image: 'auto' });
    object.spec.containers[1].livenessProbe = { tcpSocket: { port: 8080 } };
    const [only] = inject(object).spec.containers;
    expect(only).to.deep.include({ name: 'shop' });
    expect(only.livenessProbe.httpGet.path).to.equal('/probe/0');
  });

  it('changes nothing where it says no more than the API server has filled in', () => {
    expect(inject(declared({ image: 'auto', ...filledIn }))).to.deep.equal(inject(pod()));
    expect(inject(declared({}))).to.deep.equal(inject(pod()));
  });

  it('chooses how the image is pulled where it names the image', () => {
    const image = 'envoyproxy/envoy:distroless-v1.40.0';
    expect(proxyOf(inject(declared({ image, imagePullPolicy: 'Always' })))).to.deep.equal({
      ...plain,
      imagePullPolicy: 'Always',
    });
  });

  it('keeps the image that another webhook has sent to a mirror before', () => {
    const image = 'registry.example/mirror/envoyproxy/envoy:distroless-v1.40.0';
    expect(proxyOf(inject(declared({ image })))).to.deep.equal({ ...plain, image });
    expect(inject(declared({ image: 'registry.example/mirror/auto' }))).to.deep.equal(inject(pod()));
  });

  it('says again what is ours', () => {
    const securityContext = {
      runAsNonRoot: true,
      privileged: false,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    };
    expect(inject(declared({ securityContext, restartPolicy: 'Always' }))).to.deep.equal(inject(pod()));
  });

  it('says again what is ours with TPROXY, and nothing else', () => {
    const annotations = { 'outrider.io/redirect-mode': 'tproxy' };
    const object = (securityContext: object): AnyPod => {
      const pod = declared({ securityContext });
      pod.metadata.annotations = annotations;
      return pod;
    };
    const capabilities = { add: ['NET_RAW'], drop: ['ALL'] };
    expect(inject(object({ capabilities, runAsNonRoot: false }))).to.deep.equal(
      inject(withAnnotations(annotations)),
    );
    expect(denial(object({ capabilities: { add: ['NET_ADMIN'] } }))).to.contain(
      'capabilities cannot be overridden',
    );
    expect(denial(declared({ securityContext: { capabilities } }))).to.contain('cannot be overridden');
  });

  for (const [what, container, problem] of [
    ['a command', { command: ['sh'] }, 'command cannot be overridden; remove it'],
    ['arguments', { args: [] }, 'args cannot be overridden; remove it'],
    ['ports', { ports: [{ containerPort: 15090 }] }, 'ports cannot be overridden; remove it'],
    ['a probe', { readinessProbe: { exec: {} } }, 'readinessProbe cannot be overridden; remove it'],
    ['a field of tomorrow', { tomorrow: 1 }, 'tomorrow cannot be overridden; remove it'],
    [
      'an image',
      { image: 'evil:1' },
      'image "evil:1" cannot be overridden; write auto, and the annotation outrider.io/proxy-image',
    ],
    [
      'another restartPolicy',
      { restartPolicy: 'OnFailure' },
      'restartPolicy "OnFailure" cannot be overridden; remove it',
    ],
    [
      'a variable of ours',
      { env: [{ name: 'POD_IP', value: '1' }] },
      "env POD_IP is the proxy's own; choose another name",
    ],
    [
      'a mount of our volume',
      { volumeMounts: [{ name: 'outrider-run', mountPath: '/x' }] },
      "mount of outrider-run at /x is the proxy's own; remove it",
    ],
    [
      'a mount at our folder',
      { volumeMounts: [{ name: 'x', mountPath: '/run//outrider/' }] },
      "mount of x at /run//outrider/ is the proxy's own; remove it",
    ],
    [
      'a mount below our folder, by a path that the kubelet takes for an absolute one',
      { volumeMounts: [{ name: 'x', mountPath: 'run/outrider/x' }] },
      "mount of x at run/outrider/x is the proxy's own; remove it",
    ],
    [
      'a mount at our folder, by the link that the image has to it',
      { volumeMounts: [{ name: 'x', mountPath: '/var/run/outrider' }] },
      "mount of x at /var/run/outrider is the proxy's own; remove it",
    ],
    [
      'a mount above our folder',
      { volumeMounts: [{ name: 'x', mountPath: '/var/run/' }] },
      "mount of x at /var/run/ is the proxy's own; remove it",
    ],
    [
      'a mount at the root',
      { volumeMounts: [{ name: 'x', mountPath: '/' }] },
      "mount of x at / is the proxy's own; remove it",
    ],
    [
      'another user',
      { securityContext: { runAsUser: 0 } },
      'securityContext.runAsUser cannot be overridden; write the annotation outrider.io/proxy-uid',
    ],
    [
      'a capability',
      { securityContext: { capabilities: { add: ['NET_ADMIN'] } } },
      'securityContext.capabilities cannot be overridden; remove it',
    ],
    [
      'privileges',
      { securityContext: { privileged: true } },
      'securityContext.privileged cannot be overridden; remove it',
    ],
    [
      'a request above our limit',
      { resources: { requests: { memory: '512Mi' } } },
      'resources: requests.memory 512Mi is above the limit 256Mi; give both',
    ],
    [
      'a request above its limit',
      { resources: { limits: { cpu: '50m' }, requests: { cpu: '60m' } } },
      'resources: requests.cpu 60m is above the limit 50m; give both',
    ],
  ] as [string, object, string][]) {
    it(`is denied by name where it brings ${what}`, () => {
      expect(denial(declared(container))).to.equal(`outrider: container outrider-proxy: ${problem}`);
      expect(review(declared(container)).reason).to.equal('reserved');
    });
  }

  it('is denied where it is declared twice', () => {
    const object = declared({});
    object.spec.initContainers = [{ name: 'outrider-proxy' }];
    expect(denial(object)).to.equal('outrider: container outrider-proxy: is declared twice; remove one');
  });

  it('may mount beside our folder', () => {
    for (const mountPath of ['/run/outriders', '/var/run/agent', '/var/running', 'run/agent', '/runs']) {
      const injected = inject(declared({ volumeMounts: [{ name: 'x', mountPath }] }));
      expect(proxyOf(injected).volumeMounts.at(-1)).to.deep.equal({ name: 'x', mountPath });
    }
  });

  it('is told all that is wrong at once', () => {
    const message = denial(declared({ command: ['x'], args: ['y'], tty: true }));
    for (const field of ['command', 'args', 'tty'])
      expect(message).to.contain(`${field} cannot be overridden`);
  });

  it('is judged by the settings that hold where others do not parse', () => {
    const object = declared({
      command: ['x'],
      image: 'envoyproxy/envoy:v2',
      resources: { requests: { cpu: '3' } },
    });
    object.metadata.annotations = {
      'outrider.io/proxy-image': 'envoyproxy/envoy:v2',
      'outrider.io/proxy-cpu-limit': '4',
      'outrider.io/proxy-cpus': '1',
    };
    expect(denial(object)).to.equal(
      'outrider: pod annotation outrider.io/proxy-cpus: "1" is not valid: expected a known setting: did you mean outrider.io/proxy-cpu?; ' +
        'container outrider-proxy: command cannot be overridden; remove it',
    );
  });

  it('is told of enforcement beside settings that do not parse', () => {
    const object = declared({});
    object.metadata.annotations = { 'outrider.io/proxy-cpus': '1' };
    expect(denial(object, { annotations: { 'outrider.io/enforced': 'proxy-cpu' } })).to.equal(
      'outrider: pod annotation outrider.io/proxy-cpus: "1" is not valid: expected a known setting: did you mean outrider.io/proxy-cpu?; ' +
        'container outrider-proxy: cannot be overridden: namespace annotation outrider.io/enforced enforces settings; remove it',
    );
  });

  it('is the same after a second injection, byte by byte, and after the token was mounted', () => {
    const injected = inject(declared({ ...filledIn, ...word }, { volumes }));
    expect(review(injected).answer).to.deep.equal({ kind: 'allowed' });
    expect(review(withServiceAccountToken(injected)).answer).to.deep.equal({ kind: 'allowed' });
  });

  it('is the same after a repair, with the mount of the token where it was', () => {
    const first = inject(withServiceAccountToken(declared(word, { volumes })));
    const stripped = structuredClone(first);
    delete stripped.spec.initContainers[0].restartPolicy;
    stripped.spec.initContainers.reverse();
    const again = inject(stripped);
    expect(byName(again.spec.initContainers, 'outrider-proxy')).to.deep.equal(proxyOf(first));
    expect(review(again).answer).to.deep.equal({ kind: 'allowed' });
  });

  it('leaves what it does not say to the settings, also where they change between two injections', () => {
    const annotations = { 'outrider.io/proxy-memory-limit': '2Gi', 'outrider.io/proxy-cpu': '700m' };
    const object = declared({ resources: { limits: { cpu: '3' } } });
    const again = inject(inject(object), { annotations });
    expect(again).to.deep.equal(inject(object, { annotations }));
    expect(proxyOf(again).resources).to.deep.equal({
      limits: { cpu: '3', memory: '2Gi' },
      requests: { cpu: '3', memory: '64Mi' },
    });
  });

  it('asks for its limit where it gives that alone, as the API server has it before any webhook', () => {
    const alone = inject(declared({ resources: { limits: { cpu: '50m' } } }));
    const both = inject(declared({ resources: { limits: { cpu: '50m' }, requests: { cpu: '50m' } } }));
    expect(alone).to.deep.equal(both);
    expect(proxyOf(alone).resources).to.deep.equal({
      limits: { cpu: '50m', memory: '256Mi' },
      requests: { cpu: '50m', memory: '64Mi' },
    });
  });

  it('has the last word over a setting of the namespace', () => {
    const object = declared({ resources: { requests: { cpu: '5m' } } });
    const injected = inject(object, { annotations: { 'outrider.io/proxy-cpu': '1' } });
    expect(proxyOf(injected).resources.requests.cpu).to.equal('5m');
  });
});
