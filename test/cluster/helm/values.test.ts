import { expect } from 'chai';
import { chart, useHelm } from './helm.ts';
import { changes, leavesOf, objectsOf } from './objects.ts';

const ours = { 'app.kubernetes.io/name': 'outrider', 'app.kubernetes.io/part-of': 'outrider' };
const deployment = 'Deployment/outrider-webhook spec';
const pod = `${deployment}.template.spec`;
const issuer = 'Deployment/outrider-certificates spec';
const issuerPod = `${issuer}.template.spec`;
const digest = `sha256:${'4f'.repeat(32)}`;
const args = (of: string, ...more: string[]): Record<string, unknown> =>
  Object.fromEntries(more.map((arg, index) => [`${of}.containers.0.args.${index + 1}`, arg]));
const ofBoth = (path: string, value: unknown): Record<string, unknown> => ({
  [`${pod}.${path}`]: value,
  [`${issuerPod}.${path}`]: value,
});
const image = (name: string): Record<string, unknown> => ({
  ...ofBoth('containers.0.image', name),
  [`${pod}.containers.0.env.1.value`]: name,
});
const near = { topologyKey: 'zone' };

/** Values, and which leaves of the rendered objects they change from those of the default values. */
const table: readonly [string, object, Record<string, unknown>][] = [
  ['replicas', { webhook: { replicas: 3 } }, { [`${deployment}.replicas`]: 3 }],
  ['a repository', { image: { repository: 'r.example/outrider' } }, image('r.example/outrider:0.1.0')],
  ['a tag', { image: { tag: '0.1.0-debug' } }, image('outrider:0.1.0-debug')],
  ['a digest', { image: { digest } }, image(`outrider:0.1.0@${digest}`)],
  ['a pull policy', { image: { pullPolicy: 'Always' } }, ofBoth('containers.0.imagePullPolicy', 'Always')],
  [
    'pull secrets',
    { image: { pullSecrets: ['registry'] } },
    {
      'ServiceAccount/outrider-webhook imagePullSecrets.0.name': 'registry',
      'ServiceAccount/outrider-certificates imagePullSecrets.0.name': 'registry',
    },
  ],
  ['a log level', { webhook: { logLevel: 'debug' } }, args(pod, '--log-level=debug')],
  ['address families', { webhook: { ipFamilies: 'dual' } }, args(pod, '--ip-families=dual')],
  [
    'reviews for the API server alone',
    {
      webhook: {
        clientCertificates: {
          enabled: true,
          configMap: 'front-proxy',
          allowedNames: ['a: b', 'front-proxy-client'],
        },
      },
    },
    {
      ...args(
        pod,
        '--client-ca-file=/etc/outrider/client-ca/ca.crt',
        '--client-allowed-name=a: b',
        '--client-allowed-name=front-proxy-client',
      ),
      [`${pod}.containers.0.volumeMounts.0.name`]: 'client-ca',
      [`${pod}.containers.0.volumeMounts.0.mountPath`]: '/etc/outrider/client-ca',
      [`${pod}.containers.0.volumeMounts.0.readOnly`]: true,
      [`${pod}.volumes.0.name`]: 'client-ca',
      [`${pod}.volumes.0.configMap.name`]: 'front-proxy',
    },
  ],
  [
    'one resource, which leaves the others',
    { webhook: { resources: { requests: { cpu: '1' } } } },
    { [`${pod}.containers.0.resources.requests.cpu`]: '1' },
  ],
  [
    'where pods run',
    {
      nodeSelector: { pool: 'system' },
      tolerations: [{ key: 'system', operator: 'Exists' }],
      priorityClassName: 'high',
      webhook: {
        affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near] } },
        topologySpreadConstraints: [],
      },
    },
    {
      ...ofBoth('nodeSelector.pool', 'system'),
      ...ofBoth('tolerations.0.key', 'system'),
      ...ofBoth('tolerations.0.operator', 'Exists'),
      ...ofBoth('priorityClassName', 'high'),
      [`${pod}.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution.0.topologyKey`]: 'zone',
      [`${pod}.topologySpreadConstraints.0.maxSkew`]: undefined,
      [`${pod}.topologySpreadConstraints.0.topologyKey`]: undefined,
      [`${pod}.topologySpreadConstraints.0.whenUnsatisfiable`]: undefined,
      [`${pod}.topologySpreadConstraints.0.labelSelector.matchLabels.app.kubernetes.io/component`]: undefined,
    },
  ],
  ['no priority class', { priorityClassName: '' }, ofBoth('priorityClassName', undefined)],
  [
    "pods' labels and annotations",
    { webhook: { podLabels: { team: 'mesh' }, podAnnotations: { 'prometheus.io/scrape': 'true' } } },
    {
      [`${deployment}.template.metadata.labels.team`]: 'mesh',
      [`${deployment}.template.metadata.annotations.prometheus.io/scrape`]: 'true',
    },
  ],
  [
    "the Service's annotations",
    { webhook: { service: { annotations: { a: 'b' } } } },
    { 'Service/outrider-webhook metadata.annotations.a': 'b' },
  ],
  [
    'a larger disruption',
    { webhook: { podDisruptionBudget: { maxUnavailable: '50%' } } },
    { 'PodDisruptionBudget/outrider-webhook spec.maxUnavailable': '50%' },
  ],
  [
    'how long an answer may take',
    { webhook: { timeoutSeconds: 10 } },
    {
      'MutatingWebhookConfiguration/outrider-webhook webhooks.0.timeoutSeconds': 10,
      'MutatingWebhookConfiguration/outrider-webhook webhooks.1.timeoutSeconds': 10,
    },
  ],
  [
    'pods without a proxy while the webhook is away, which the policy then warns of',
    { webhook: { failurePolicy: 'Ignore' } },
    {
      'MutatingWebhookConfiguration/outrider-webhook webhooks.0.failurePolicy': 'Ignore',
      'MutatingWebhookConfiguration/outrider-webhook webhooks.1.failurePolicy': 'Ignore',
      'ValidatingAdmissionPolicyBinding/outrider-backstop-enabled-namespace spec.validationActions.0': 'Warn',
      'ValidatingAdmissionPolicyBinding/outrider-backstop-labelled-pod spec.validationActions.0': 'Warn',
    },
  ],
  [
    'lives of certificates',
    { certificates: { lifetime: '12h', caLifetime: '30d', replicas: 2 } },
    { ...args(issuerPod, '--lifetime=12h', '--ca-lifetime=30d'), [`${issuer}.replicas`]: 2 },
  ],
  ["the user's own CA", { certificates: { issuer: 'given-ca' } }, args(issuerPod, '--given-ca')],
];

describe('the values of the chart', () => {
  const helm = useHelm();
  const render = async (values: object) =>
    objectsOf(await helm('helm4', ['template', 'outrider', chart, '-n', 'outrider-system'], { values }));
  const refusal = (values: object): Promise<string> =>
    helm('helm4', ['template', 'outrider', chart], { values }).then(
      () => 'taken',
      (error: Error) => error.message,
    );
  let byDefault: Map<string, unknown>;
  before(async () => {
    byDefault = leavesOf(await render({}));
  });

  for (const [what, values, expected] of table) {
    it(`change nothing else than what they say: ${what}`, async () => {
      expect(changes(byDefault, leavesOf(await render(values)))).to.deep.equal(expected);
    });
  }

  it('change nothing else than what they say: the pace of restarts by the auditor', async () => {
    const restarting = (more: object) => ({
      auditor: { enabled: true, restart: { enabled: true, ...more } },
    });
    const before = leavesOf(await render(restarting({})));
    const after = leavesOf(await render(restarting({ interval: '90s' })));
    expect(changes(before, after)).to.deep.equal({
      'Deployment/outrider-auditor spec.template.spec.containers.0.args.2': '--restart-interval=90s',
    });
  });

  it('have no word on the number of replicas where an autoscaler has', async () => {
    const rendered = await render({ webhook: { autoscaling: { enabled: true, maxReplicas: 9 } } });
    expect(rendered.get('Deployment/outrider-webhook').spec).not.to.have.property('replicas');
    expect(rendered.get('HorizontalPodAutoscaler/outrider-webhook').spec).to.deep.equal({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'outrider-webhook' },
      minReplicas: 2,
      maxReplicas: 9,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
    });
  });

  it('have no disruption budget where they say so', async () => {
    const rendered = await render({ webhook: { podDisruptionBudget: { enabled: false } } });
    expect([...rendered.keys()]).not.to.include('PodDisruptionBudget/outrider-webhook');
    expect(byDefault.get('PodDisruptionBudget/outrider-webhook spec.maxUnavailable')).to.equal(1);
  });

  it('hold no webhook to a second look where pods may start without a proxy, on Kubernetes 1.29 either', async () => {
    const old = ['template', 'outrider', chart, '--kube-version', '1.29.0'];
    const rendered = objectsOf(
      await helm('helm4', old, { values: { webhook: { failurePolicy: 'Ignore' } } }),
    );
    expect([...rendered.keys()]).not.to.include('ValidatingWebhookConfiguration/outrider-backstop');
    const { args } = rendered.get('Deployment/outrider-certificates').spec.template.spec.containers[0];
    expect(args).to.deep.equal(['certificates']);
  });

  it('put labels and annotations on every object', async () => {
    const values = { labels: { team: 'mesh' }, annotations: { 'example.com/owner': 'mesh' } };
    for (const [name, { metadata }] of await render(values)) {
      // What it publishes of itself is found by a label, and kept by an annotation, of its own.
      const isPublished = name.startsWith('ConfigMap/outrider-settings-');
      expect(metadata.labels, name).to.deep.equal({
        ...ours,
        ...(isPublished && { 'app.kubernetes.io/component': 'settings' }),
        team: 'mesh',
      });
      expect(metadata.annotations, name).to.deep.equal({
        ...(isPublished && { 'helm.sh/resource-policy': 'keep' }),
        'example.com/owner': 'mesh',
      });
    }
  });

  for (const [what, values, reason] of [
    ['a revision that is no name', { revision: 'Canary_2' }, "at '/revision'"],
    ['a revision that is too long', { revision: 'a'.repeat(21) }, "at '/revision'"],
    ['an unknown value', { replicas: 2 }, "additional properties 'replicas' not allowed"],
    [
      'an unknown value further down',
      { webhook: { replica: 2 } },
      "at '/webhook': additional properties 'replica'",
    ],
    [
      'a value of the wrong kind',
      { webhook: { replicas: 'two' } },
      "'/webhook/replicas': got string, want integer",
    ],
    ['a word that is none', { webhook: { failurePolicy: 'fail' } }, "must be one of 'Fail', 'Ignore'"],
    [
      'a time out of bounds',
      { webhook: { timeoutSeconds: 31 } },
      "'/webhook/timeoutSeconds': maximum: got 31, want 30",
    ],
    [
      'an unknown setting',
      { config: { 'proxy-cpus': '1' } },
      "at '/config': additional properties 'proxy-cpus'",
    ],
    ['a bad setting', { config: { 'proxy-cpu': 'much' } }, "at '/config/proxy-cpu': 'much' does not match"],
    [
      'a bad item of a setting',
      { config: { 'exclude-uids': [-1] } },
      "'/config/exclude-uids/0': minimum: got -1",
    ],
    [
      'enforcement of what is no setting',
      { config: { enforced: ['injekt'] } },
      "'/config/enforced/0': value must be",
    ],
    [
      'a label that is the chart’s own',
      { labels: { 'app.kubernetes.io/name': 'x' } },
      "at '/labels/app.kubernetes.io~1name': false schema",
    ],
  ] as const) {
    it(`are refused by name for ${what}`, async () => {
      expect(await refusal(values)).to.contain(reason);
    });
  }
});
