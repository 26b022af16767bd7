import { expect } from 'chai';
import fc from 'fast-check';
import { parsePod } from '../../../webhook/admission/pod.ts';
import { pod } from '../pods.ts';

function problemsOf(object: object): readonly string[] {
  const parsed = parsePod(object as Parameters<typeof parsePod>[0]);
  return parsed.ok ? [] : parsed.problems;
}

describe("a Pod's JSON", () => {
  it('gives the fields that decisions read', () => {
    const securityContext = { runAsUser: 7 };
    const container = {
      name: 'a',
      ports: [{ containerPort: 80 }, { hostPort: 1 }],
      volumeMounts: [{ name: 'v' }],
      volumeDevices: [{ name: 'd' }],
      securityContext,
    };
    const object = {
      metadata: { labels: { l: '1' }, annotations: { a: '2' } },
      spec: {
        hostNetwork: true,
        shareProcessNamespace: true,
        hostPID: true,
        os: { name: 'windows' },
        containers: [container],
        initContainers: [{ name: 'i' }],
        volumes: [{ name: 'v' }],
        securityContext,
        resources: { limits: { cpu: '1' }, requests: { cpu: '1' } },
        terminationGracePeriodSeconds: 5,
      },
    };
    expect(parsePod(object)).to.deep.equal({
      ok: true,
      pod: {
        metadata: { labels: { l: '1' }, annotations: { a: '2' } },
        labels: { l: '1' },
        annotations: { a: '2' },
        hasAnnotations: true,
        hostNetwork: true,
        shareProcessNamespace: true,
        hostPid: true,
        windows: true,
        containers: [{ name: 'a', ports: [80], volumeNames: ['v', 'd'], securityContext, json: container }],
        initContainers: [{ name: 'i', ports: [], volumeNames: [], securityContext: {}, json: { name: 'i' } }],
        volumes: [{ name: 'v', json: { name: 'v' } }],
        securityContext,
        limits: { cpu: '1' },
        gracePeriodSeconds: 5,
      },
    });
  });

  it('may have null wherever a field may be absent', () => {
    const object = {
      metadata: { labels: null, annotations: null },
      spec: {
        os: null,
        nodeSelector: null,
        securityContext: null,
        resources: null,
        volumes: null,
        initContainers: null,
        containers: [
          { name: 'a', ports: null, volumeMounts: null, volumeDevices: null, securityContext: null },
        ],
      },
    };
    expect(problemsOf(object)).to.deep.equal([]);
  });

  for (const [object, problem] of [
    [{ spec: { containers: [] } }, 'metadata: expected an object'],
    [{ metadata: null, spec: {} }, 'metadata: expected an object'],
    [{ metadata: {} }, 'spec: expected an object'],
    [{ metadata: {}, spec: [] }, 'spec: expected an object'],
    [pod({ metadata: { labels: [] } }), 'metadata.labels: expected an object'],
    [
      pod({ metadata: { labels: { a: 1 } } }),
      'metadata.labels[a]: 1 is not valid: expected a string: put it in quotes',
    ],
    [pod({ metadata: { annotations: 'x' } }), 'metadata.annotations: expected an object'],
    [
      pod({ metadata: { annotations: { 'a/b': null } } }),
      'metadata.annotations[a/b]: null is not valid: expected a string: put it in quotes',
    ],
    [pod({ spec: { containers: {} } }), 'spec.containers: expected a list'],
    [pod({ spec: { containers: [null] } }), 'spec.containers[0]: expected an object'],
    [pod({ spec: { containers: [{}] } }), 'spec.containers[0].name: expected a string'],
    [pod({ spec: { containers: [{ name: 'a', ports: {} }] } }), 'spec.containers[0].ports: expected a list'],
    [
      pod({ spec: { containers: [{ name: 'a', ports: [80] }] } }),
      'spec.containers[0].ports[0]: expected an object',
    ],
    [
      pod({ spec: { containers: [{ name: 'a', volumeMounts: [{}] }] } }),
      'spec.containers[0].volumeMounts[0].name: expected a string',
    ],
    [
      pod({ spec: { containers: [{ name: 'a', securityContext: 0 }] } }),
      'spec.containers[0].securityContext: expected an object',
    ],
    [pod({ spec: { initContainers: 'x' } }), 'spec.initContainers: expected a list'],
    [
      pod({ spec: { initContainers: [{ name: ['outrider-proxy'] }] } }),
      'spec.initContainers[0].name: expected a string',
    ],
    [pod({ spec: { volumes: [{ name: 1 }] } }), 'spec.volumes[0].name: expected a string'],
    [pod({ spec: { os: 'windows' } }), 'spec.os: expected an object'],
    [pod({ spec: { nodeSelector: [] } }), 'spec.nodeSelector: expected an object'],
    [pod({ spec: { securityContext: 7 } }), 'spec.securityContext: expected an object'],
  ] as const) {
    it(`is refused by the path of the field: ${problem}`, () => {
      expect(problemsOf(object)).to.deep.equal([problem]);
    });
  }

  it('is refused with all of its problems at once', () => {
    expect(problemsOf({ metadata: 1, spec: { containers: [1, { name: 2 }], volumes: 3 } })).to.deep.equal([
      'metadata: expected an object',
      'spec.containers[0]: expected an object',
      'spec.containers[1].name: expected a string',
      'spec.volumes: expected a list',
    ]);
  });

  it('never makes the parser throw, whatever it is', () => {
    const field = fc.constantFrom(
      ...[
        'metadata',
        'spec',
        'labels',
        'annotations',
        'containers',
        'initContainers',
        'volumes',
        'name',
        'ports',
      ],
      ...['volumeMounts', 'securityContext', 'os', 'nodeSelector', '__proto__', 'constructor', 'toString'],
    );
    const { node } = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'medium' },
        fc.constantFrom(null, '', 0, true),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(field, tie('node')),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(field, node), (object) => {
        expect(parsePod(JSON.parse(JSON.stringify(object))))
          .to.have.property('ok')
          .that.is.a('boolean');
      }),
      { numRuns: 1000 },
    );
  });
});
