import fc from 'fast-check';
import type { AnyPod } from '../pods.ts';

/**
 * Pods that a Kubernetes API server would take, as a user or another webhook may write them: of every field that injection
 * reads or moves, and with others, known and unknown, around them.
 */

/** What is special to the kubelet, JSON, YAML, a JSON Pointer or a shell, and plain text between. */
const pieces = [
  ...['$', '$$', '$(X)', '$(POD_IP)', '$$(HOME)', '$(', ')', '${X}', '$((1))'],
  ...['"', "'", '\\', '`', '\n', '\r\n', '\t', '/', '~', '~0', '~1', '{}', '[', ': ', '# ', '---', ','],
  ...['ü', '日本', '🦊', '\u2028', '\u200d', 'e\u0301', '\ufeff', 'text', ' ', '0'],
] as const;
export const text = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((some) => some.join('')),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

const reserved = /^(outrider-(proxy|init|run)|istio-proxy|linkerd-proxy|kube-api-access-.*)$/;
const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,6}[a-z0-9])?$/).filter((one) => !reserved.test(one));
const names = (most: number, least = 0) => fc.uniqueArray(name, { minLength: least, maxLength: most });
const variableName = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,5}$/);
const port = fc.integer({ min: 1, max: 14_999 });
const seconds = fc.integer({ min: 1, max: 600 });
/** Around the proxy's default, so that they clash often. */
const id = fc.oneof(fc.integer({ min: 51_335, max: 51_342 }), fc.integer({ min: 0, max: 2 ** 31 - 1 }));

/** An object with all, some or none of the fields. */
const some = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { requiredKeys: [] });

const variables = fc.array(
  fc.oneof(
    fc.record({ name: variableName, value: text }),
    fc.record({ name: variableName, valueFrom: fc.constant({ fieldRef: { fieldPath: 'status.podIP' } }) }),
  ),
  { maxLength: 4 },
);

const ports = fc.uniqueArray(
  fc.record(
    { name, containerPort: port, protocol: fc.constantFrom('TCP', 'UDP', 'SCTP'), hostPort: port },
    { requiredKeys: ['containerPort'] },
  ),
  { selector: (one) => one.name ?? `${one.containerPort}/${one.protocol}`, maxLength: 4 },
);

const handler = fc.oneof(
  fc.record({ httpGet: fc.record({ path: text, port }, { requiredKeys: ['port'] }) }),
  fc.record({ tcpSocket: fc.record({ port }) }),
  fc.record({ tcpSocket: fc.record({ port, host: fc.constant('192.0.2.1') }) }),
  fc.record({ grpc: fc.record({ port }) }),
  fc.record({ exec: fc.record({ command: fc.array(text, { minLength: 1, maxLength: 2 }) }) }),
);
const probe = fc
  .tuple(
    handler,
    some({
      periodSeconds: seconds,
      timeoutSeconds: seconds,
      failureThreshold: seconds,
      future: fc.jsonValue(),
    }),
  )
  .map(([one, times]) => ({ ...times, ...one }));

const ownership = some({ runAsUser: id, runAsGroup: id, runAsNonRoot: fc.boolean(), future: fc.jsonValue() });

const container = (volumes: readonly string[]) =>
  some({
    image: text,
    command: fc.array(text, { maxLength: 3 }),
    args: fc.array(text, { maxLength: 3 }),
    env: fc.oneof(variables, fc.constant(null)),
    ports: fc.oneof(ports, fc.constant(null)),
    resources: some({ limits: fc.constant({ cpu: '1' }), requests: fc.constant({ memory: '1Gi' }) }),
    securityContext: ownership,
    livenessProbe: probe,
    readinessProbe: probe,
    lifecycle: some({ preStop: handler, postStart: handler }),
    volumeMounts: fc
      .subarray([...volumes])
      .map((some) => some.map((name) => ({ name, mountPath: `/${name}` }))),
    future: fc.jsonValue(),
  });

/** Objects with the given names, each with fields of its own. */
const named = (list: readonly string[], fields: fc.Arbitrary<object>): fc.Arbitrary<object[]> =>
  fc.tuple(...list.map((name) => fields.map((rest) => ({ name, ...rest })))) as fc.Arbitrary<object[]>;

const settings = some({
  'outrider.io/exclude-outbound-cidrs': fc.constantFrom('10.0.0.0/8', '', '*', 'fd00::/8,192.0.2.1/32'),
  'outrider.io/include-inbound-ports': fc.constantFrom('*', '', '1-7000'),
  'outrider.io/exclude-inbound-ports': fc.constantFrom('1-5000', '8080'),
  'outrider.io/exclude-interfaces': fc.constantFrom('eth1', 'a.b_c-d,net1'),
  'outrider.io/inbound-protocol': fc.constantFrom('', '8080=http', '7000=grpc,8080=tcp'),
  'outrider.io/proxy-concurrency': fc.constantFrom('1', '128'),
  'outrider.io/proxy-cpu': fc.constantFrom('1', '.5', '1500m', '1e-1'),
  'outrider.io/proxy-image': fc.constantFrom('envoy', 'R.example:5000/a__b/envoy:v1'),
  'outrider.io/proxy-uid': fc.constant('70000'),
});

const annotations = fc
  .tuple(
    fc.dictionary(
      text.filter((key) => !key.startsWith('outrider.io/')),
      text,
      { maxKeys: 3 },
    ),
    settings,
  )
  .map(([others, ours]) => ({ ...others, ...ours }));

const shape = fc.record({ containers: names(3, 1), initContainers: names(3), volumes: names(3) });

/** As it arrives: parsed from JSON, with keys such as `__proto__` as fields like any other. */
export const arbitraryPod: fc.Arbitrary<AnyPod> = shape
  .map(({ containers, initContainers, volumes }) => ({
    containers,
    initContainers: initContainers.filter((one) => !containers.includes(one)),
    volumes,
  }))
  .chain(({ containers, initContainers, volumes }) =>
    fc.record({
      apiVersion: fc.constant('v1'),
      kind: fc.constant('Pod'),
      metadata: some({
        name,
        generateName: name,
        labels: fc.option(fc.dictionary(name, name, { maxKeys: 3 })),
        annotations: fc.option(annotations),
        future: fc.jsonValue(),
      }),
      spec: fc.record(
        {
          containers: named(containers, container(volumes)),
          initContainers: fc.oneof(named(initContainers, nativeOrNot(volumes)), fc.constantFrom(null, [])),
          volumes: fc.oneof(
            named(volumes, some({ emptyDir: fc.constant({}), future: fc.jsonValue() })),
            // Only where nothing mounts any.
            ...(volumes.length === 0 ? [fc.constantFrom(null, [])] : []),
          ),
          securityContext: some({
            runAsUser: id,
            fsGroup: id,
            supplementalGroups: fc.array(id, { maxLength: 3 }),
          }),
          restartPolicy: fc.constantFrom('Always', 'Never'),
          // Of the pod as a whole: wider and tighter than ours.
          resources: some({
            limits: some({ cpu: fc.constantFrom('50m', '.5', '4'), memory: fc.constantFrom('100Mi', '1G') }),
            requests: some({ cpu: fc.constant('50m') }),
          }),
          future: fc.jsonValue(),
        },
        { requiredKeys: volumes.length === 0 ? ['containers'] : ['containers', 'volumes'] },
      ),
    }),
  )
  .map((generated) => JSON.parse(JSON.stringify(generated)));

function nativeOrNot(volumes: readonly string[]): fc.Arbitrary<object> {
  const restart = fc.option(fc.constant({ restartPolicy: 'Always' }), { nil: {} });
  return fc.tuple(container(volumes), restart).map(([fields, policy]) => ({ ...fields, ...policy }));
}

/** What an author may say of the proxy, by a container of its name. */
export const declaredProxy: fc.Arbitrary<AnyPod> = some({
  env: variables.map((list) => list.filter(({ name }) => !name.startsWith('POD_'))),
  resources: some({
    requests: some({ cpu: fc.constantFrom('10m', '2', '.5'), 'example.com/device': fc.constant('1') }),
    limits: some({ cpu: fc.constantFrom('2', '2000m', '3'), memory: fc.constantFrom('1Gi', '300M') }),
  }),
  lifecycle: some({ preStop: handler }),
  volumeMounts: fc.subarray(['a', 'b']).map((list) => list.map((name) => ({ name, mountPath: `/${name}` }))),
  securityContext: some({ seLinuxOptions: fc.record({ level: text }), runAsNonRoot: fc.constant(true) }),
  terminationMessagePath: fc.constant('/dev/other-log'),
}).map((fields) => JSON.parse(JSON.stringify({ name: 'outrider-proxy', image: 'auto', ...fields })));
