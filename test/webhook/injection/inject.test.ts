import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type AnyPod, byName, inject, pod, review, withAnnotations, withoutOurs } from '../pods.ts';

const read = (path: string): AnyPod => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

function goldenPod(): AnyPod {
  const golden = read('golden/simple-pod.injected.json');
  const bootstrap = JSON.stringify(read('../../proxy/golden/ipv4.json'));
  expect(golden.spec.initContainers[0].args[1]).to.equal('(test/proxy/golden/ipv4.json, on one line)');
  golden.spec.initContainers[0].args[1] = bootstrap;
  return golden;
}

const names = (items: AnyPod[]): string[] => items.map(({ name }) => name);

describe('injection', () => {
  it('of a simple pod gives the golden pod', () => {
    expect(inject(read('golden/simple-pod.json'))).to.deep.equal(goldenPod());
  });

  it('covers both families with rules and listeners where the cluster has both', () => {
    const injected = inject(pod(), { injector: { families: ['ipv4', 'ipv6'] } });
    const [proxy, init] = injected.spec.initContainers;
    const bootstrap = JSON.parse(proxy.args[1]);
    expect(bootstrap.static_resources.listeners[0].additional_addresses).to.deep.equal([
      { address: { socket_address: { address: '::', port_value: 15001 } } },
    ]);
    expect(JSON.parse(init.env[0].value)['ip-families']).to.equal('dual');
  });

  it('has the init container log as JSON', () => {
    const { args } = inject(pod()).spec.initContainers[1];
    expect(args).to.deep.equal(['apply', '--wait-proxy', '60', '--output', 'json']);
  });

  it('puts the proxy first, then the init container, then those of the user in their order', () => {
    const initContainers = [{ name: 'migrate' }, { name: 'cache', restartPolicy: 'Always' }, { name: 'a' }];
    const injected = inject(pod({ spec: { initContainers } }));
    expect(names(injected.spec.initContainers)).to.deep.equal([
      'outrider-proxy',
      'outrider-init',
      'migrate',
      'cache',
      'a',
    ]);
  });

  it('puts the volume after those of the user', () => {
    const injected = inject(pod({ spec: { volumes: [{ name: 'data', emptyDir: {} }, { name: 'a' }] } }));
    expect(names(injected.spec.volumes)).to.deep.equal(['data', 'a', 'outrider-run']);
  });

  for (const [what, absent] of [
    ['absent', {}],
    ['null', { initContainers: null, volumes: null }],
    ['empty', { initContainers: [], volumes: [] }],
  ] as const) {
    it(`makes the lists that it needs where they are ${what}`, () => {
      const injected = inject(pod({ spec: absent }));
      expect(injected.spec.initContainers).to.deep.equal(goldenPod().spec.initContainers);
      expect(injected.spec.volumes).to.deep.equal(goldenPod().spec.volumes);
    });
  }

  for (const annotations of [undefined, null, {}]) {
    it(`makes the annotations where they are ${JSON.stringify(annotations)}`, () => {
      const injected = inject(pod({ metadata: { annotations } }));
      expect(injected.metadata.annotations).to.deep.equal(goldenPod().metadata.annotations);
    });
  }

  it('leaves annotations alone whose keys hold the two characters that a JSON Pointer escapes', () => {
    const annotations = { 'a.io/x~1y': '1', 'a~0b': '2', 'b.io/~': '3' };
    const injected = inject(withAnnotations(annotations));
    expect(injected.metadata.annotations).to.deep.equal({
      ...annotations,
      ...goldenPod().metadata.annotations,
    });
  });

  it('touches nothing of the user, fields of a later Kubernetes included', () => {
    const original = pod({
      metadata: {
        annotations: { 'a.io/b': 'c' },
        generateName: 'shop-',
        futureMeta: { deep: [1, { two: null }] },
      },
      spec: {
        containers: [
          {
            name: 'shop',
            image: 'shop:1',
            futureField: { a: [1, 2, { b: null }] },
            ports: [{ containerPort: 8080, futurePort: true }],
            env: [{ name: 'COST', value: '$(PRICE) $$5 $' }],
          },
        ],
        initContainers: [{ name: 'migrate', image: 'm', resizePolicyOfTomorrow: ['x'] }],
        volumes: [{ name: 'data', emptyDir: {}, volumeOfTomorrow: { x: 1 } }],
        schedulingGates: [{ name: 'gate' }],
        tomorrow: { nested: { list: [[], {}] }, number: 1e21, text: '\u0000\ud83d\ude00' },
      },
      status: { phase: 'Pending' },
    } as object);
    expect(withoutOurs(inject(original))).to.deep.equal(original);
  });

  it('changes the pod by operations on what it adds alone', () => {
    const { answer } = review(
      pod({
        metadata: { annotations: { a: 'b' } },
        spec: { initContainers: [{ name: 'migrate' }], volumes: [{ name: 'data' }] },
      }),
    );
    if (answer.kind !== 'patched') throw new Error(answer.kind);
    expect(answer.operations.map(({ op, path }) => `${op} ${path}`)).to.deep.equal([
      'add /spec/initContainers/0',
      'add /spec/initContainers/1',
      'add /spec/volumes/-',
      'add /metadata/annotations/cluster-autoscaler.kubernetes.io~1safe-to-evict-local-volumes',
      'add /metadata/annotations/outrider.io~1status',
    ]);
  });

  it('gives the same operations, byte by byte, for the same pod', () => {
    const answer = () => JSON.stringify(review(pod()).answer);
    expect(answer()).to.equal(answer());
  });

  it('does not change its input', () => {
    const original = pod({ spec: { initContainers: [{ name: 'migrate' }] } });
    const before = structuredClone(original);
    review(original);
    expect(original).to.deep.equal(before);
  });

  it('takes the settings of the pod over those of its namespace, one by one', () => {
    const injected = inject(withAnnotations({ 'outrider.io/proxy-cpu': '300m' }), {
      annotations: {
        'outrider.io/proxy-cpu': '200m',
        'outrider.io/proxy-memory': '96Mi',
        'outrider.io/exclude-outbound-ports': '25',
      },
    });
    const [proxy, init] = injected.spec.initContainers;
    expect(proxy.resources).to.deep.equal({
      limits: { cpu: '2', memory: '256Mi' },
      requests: { cpu: '300m', memory: '96Mi' },
    });
    expect(JSON.parse(init.env[0].value)).to.include({ 'exclude-outbound-ports': '25' });
  });

  it('writes every setting of the pod where it belongs', () => {
    const injected = inject(
      withAnnotations({
        'outrider.io/include-outbound-cidrs': '10.1.2.3/8,fd00::1/8',
        'outrider.io/exclude-outbound-cidrs': '10.96.0.0/12',
        'outrider.io/include-outbound-ports': '443',
        'outrider.io/exclude-outbound-ports': '25, 587',
        'outrider.io/include-inbound-ports': '8000-8100',
        'outrider.io/exclude-inbound-ports': '9000',
        'outrider.io/exclude-inbound-cidrs': '192.0.2.1/24',
        'outrider.io/exclude-interfaces': 'eth1, eth2',
        'outrider.io/virtual-interfaces': 'tap0',
        'outrider.io/exclude-uids': '0,1001',
        'outrider.io/exclude-gids': '2002',
        'outrider.io/drop-invalid': 'true',
        'outrider.io/allow-uncaptured-family': 'true',
        'outrider.io/proxy-uid': '2000',
        'outrider.io/proxy-image': 'r.example:5000/envoy:v1',
        'outrider.io/proxy-log-level': 'debug',
        'outrider.io/proxy-concurrency': '3',
        'outrider.io/proxy-cpu': '1',
        'outrider.io/proxy-cpu-limit': '3',
        'outrider.io/proxy-memory': '1Gi',
        'outrider.io/proxy-memory-limit': '2Gi',
      }),
    );
    const [proxy, init] = injected.spec.initContainers;
    expect(JSON.parse(init.env[0].value)).to.deep.equal({
      'outbound-port': '15001',
      'inbound-port': '15006',
      'ip-families': 'ipv4',
      'include-outbound-cidrs': '10.0.0.0/8,fd00::/8',
      'exclude-outbound-cidrs': '10.96.0.0/12',
      'include-outbound-ports': '443',
      'exclude-outbound-ports': '25,587',
      'include-inbound-ports': '8000-8100',
      'exclude-inbound-ports': '9000',
      'exclude-inbound-cidrs': '192.0.2.0/24',
      'exclude-interfaces': 'eth1,eth2',
      'virtual-interfaces': 'tap0',
      'exclude-uids': '0,1001',
      'exclude-gids': '2002',
      'drop-invalid': 'true',
      'redirect-mode': 'redirect',
      'outbound-policy': 'allow-any',
      'allow-uncaptured-family': 'true',
      'proxy-uid': '2000',
      'proxy-gid': '',
    });
    expect(proxy).to.deep.include({
      image: 'r.example:5000/envoy:v1',
      resources: { limits: { cpu: '3', memory: '2Gi' }, requests: { cpu: '1', memory: '1Gi' } },
    });
    expect(proxy.args.slice(-4)).to.deep.equal(['--log-level', 'debug', '--concurrency', '3']);
    expect(proxy.securityContext).to.include({ runAsUser: 2000, runAsGroup: 2000 });
  });

  it('ignores what the status annotation of the namespace says', () => {
    const injected = inject(pod(), { annotations: { 'outrider.io/status': 'nonsense' } });
    expect(injected.metadata.annotations).to.deep.equal(goldenPod().metadata.annotations);
  });
});

describe("the proxy's uid", () => {
  const uidsOf = (injected: AnyPod): unknown[] => {
    const proxy = byName(injected.spec.initContainers, 'outrider-proxy').securityContext;
    const config = JSON.parse(byName(injected.spec.initContainers, 'outrider-init').env[0].value);
    return [proxy.runAsUser, proxy.runAsGroup, config['proxy-uid']];
  };

  for (const [what, spec, uid] of [
    ['the default', {}, 51337],
    ['the default beside other uids', { securityContext: { runAsUser: 1000 } }, 51337],
    ["another where the pod's uid is the default", { securityContext: { runAsUser: 51337 } }, 51338],
    ["another where the pod's gid is the default", { securityContext: { runAsGroup: 51337 } }, 51338],
    ["another where the pod's fsGroup is the default", { securityContext: { fsGroup: 51337 } }, 51338],
    ['another past supplementary groups', { securityContext: { supplementalGroups: [51337, 51338] } }, 51339],
    [
      "another where a container's uid is the default",
      { containers: [{ name: 'a', securityContext: { runAsUser: 51337 } }] },
      51338,
    ],
    [
      "another where an init container's gid is the default",
      { initContainers: [{ name: 'a', securityContext: { runAsGroup: 51337 } }] },
      51338,
    ],
  ] as const) {
    it(`is ${what}, and rules and container agree`, () => {
      expect(uidsOf(inject(pod({ spec })))).to.deep.equal([uid, uid, `${uid}`]);
    });
  }
});

describe('injection of many pods', () => {
  const own = { initContainers: [{ name: 'migrate' }] };
  const volumes = [{ name: 'data', emptyDir: {} }];
  const shapes: AnyPod[] = [
    pod(),
    pod({ spec: own }),
    pod({ spec: { ...own, volumes } }),
    pod({ spec: { volumes } }),
    withAnnotations({ 'a.io/b': 'c' }),
    withAnnotations({ 'outrider.io/proxy-cpu': '1' }),
    pod({ spec: { securityContext: { runAsUser: 51337 } } }),
    inject(pod()),
    withAnnotations({ 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'data' }),
    withAnnotations({ 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' }),
    pod({ spec: { containers: [{ name: 'shop' }, { name: 'outrider-proxy', resources: {} }] } }),
  ];

  it('gives each what it would get alone, in whatever order they come', () => {
    const first = shapes.map((one) => structuredClone(review(one).answer));
    const again = shapes.toReversed().map((one) => review(one).answer);
    expect(again.toReversed()).to.deep.equal(first);
    const patches = first.map((answer) => JSON.stringify(answer));
    expect(new Set(patches).size).to.equal(shapes.length);
  });
});
