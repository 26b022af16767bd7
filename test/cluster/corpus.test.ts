import { expect } from 'chai';
import manifest from '../../package.json' with { type: 'json' };
import { usersOf } from '../webhook/corpus/promises.ts';
import { readScenarios, type Scenario } from '../webhook/corpus/scenario.ts';
import { type AnyPod, byName, inject, review, type Surroundings } from '../webhook/pods.ts';
import { useApi } from './api.ts';
import { fieldsLost } from './fields-lost.ts';
import { useNamespace } from './fixture.ts';
import { kubectl } from './kubectl.ts';
import { outriderImage } from './outrider.ts';
import { listOf } from './pods.ts';
import { useOutrider } from './use-outrider.ts';

const scenarios = readScenarios();
const systemNamespaces = ['kube-system', 'outrider-system'];

/** Where a scenario has no Namespace of its own: enabled, and open to all that a pod may ask for. */
const shared = 'corpus';
const restricted = 'corpus-restricted';
const namespaceOf = ({ namespace: { name } }: Scenario): string =>
  name === 'shop' ? shared : systemNamespaces.includes(name) ? name : `corpus-${name}`;

const namespaces = [
  {
    name: shared,
    labels: { 'outrider.io/injection': 'enabled', 'pod-security.kubernetes.io/enforce': 'privileged' },
  },
  { name: restricted, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  ...scenarios
    .filter((scenario) => namespaceOf(scenario).startsWith('corpus-'))
    .map((scenario) => ({
      name: namespaceOf(scenario),
      labels: scenario.namespace.labels,
      annotations: scenario.namespace.annotations,
    })),
];

/** What the scenarios name, and the API server looks up before it takes them. */
const surroundings = [
  {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'corpus-high' },
    value: 1000,
    preemptionPolicy: 'Never',
  },
  {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'corpus-sandbox' },
    handler: 'sandbox',
    overhead: { podFixed: { cpu: '250m', memory: '120Mi' } },
  },
  {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'corpus-robot', namespace: shared },
  },
];

describe('the corpus on a real API server', () => {
  const cluster = useOutrider();
  for (const { name } of namespaces) useNamespace(cluster, name);
  const api = useApi(cluster);

  before(async () => {
    const labelled = namespaces.map((metadata) => ({ apiVersion: 'v1', kind: 'Namespace', metadata }));
    await kubectl(cluster(), ['apply', '-f', '-'], { input: listOf([...labelled, ...surroundings]) });
  });
  after(async () => {
    await kubectl(cluster(), ['delete', '--ignore-not-found', '-f', '-'], { input: listOf(surroundings) });
  });

  const create = (namespace: string, pod: AnyPod) =>
    api('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Ignore`, pod);

  /** What the same webhook says of the pod without a cluster. */
  const offline = (scenario: Scenario): Surroundings => ({
    ...scenario.namespace,
    namespace: namespaceOf(scenario),
    injector: {
      version: manifest.version,
      initImage: outriderImage,
      families: cluster().families === 'dual' ? ['ipv4', 'ipv6'] : ['ipv4'],
    },
  });

  for (const scenario of scenarios) {
    const { name, pod, golden, server } = scenario;
    it(`${name}: ${server.refuses === undefined ? Object.keys(golden)[0] : 'refused by the API server'}`, async () => {
      const { status, text, warnings } = await create(namespaceOf(scenario), pod);
      const told = review(pod, offline(scenario)).warnings ?? [];
      expect(warnings).to.include.members(told.map((one) => `outrider: ${one}`));
      if (server.refuses !== undefined) {
        expect(text).to.include(server.refuses);
        expect(status).to.be.within(400, 499);
        return;
      }
      if ('deny' in golden) {
        expect(JSON.parse(text)).to.deep.include({ status: 'Failure', code: 403 });
        expect(JSON.parse(text).message)
          .to.match(/ denied the request: /)
          .and.include(golden.message);
        return;
      }
      expect(status, text).to.equal(201);
      const created = JSON.parse(text);
      const expected = 'inject' in golden ? inject(pod, offline(scenario)) : pod;
      expect(fieldsLost(usersOf(expected), usersOf(created)), 'fields of the user').to.deep.equal(
        server.drops ?? [],
      );
      if ('skip' in golden) {
        expect(JSON.stringify(created)).not.to.include('outrider-proxy');
        return;
      }
      expect(partsOf(created)).to.deep.equal(partsOf(expected));
      expect(review(created, offline(scenario)).answer, 'a second time').to.deep.equal({ kind: 'allowed' });
    });
  }

  it('takes the sidecar of every scenario under restricted, when it is alone, but with TPROXY', async () => {
    const proxies = scenarios
      .filter(({ golden }) => 'inject' in golden)
      .map((scenario) => inject(scenario.pod, offline(scenario)).spec)
      .map(({ initContainers: [proxy], volumes }) => ({
        proxy,
        volumes: volumes.filter(({ name }: AnyPod) => byName(proxy.volumeMounts, name)),
      }));
    const different = new Map(proxies.map((parts) => [JSON.stringify(parts.proxy), parts]));
    expect(different.size).to.be.above(10);
    for (const { proxy, volumes } of different.values()) {
      const { restartPolicy: _always, ...container } = proxy;
      const alone = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'alone' },
        spec: { containers: [container], volumes },
      };
      const { status, text } = await create(restricted, alone);
      const transparent = container.securityContext.runAsUser === 0;
      expect(status, text).to.equal(transparent ? 403 : 201);
      if (transparent) expect(text).to.contain('must not include \\"NET_RAW\\"');
    }
  });

  it('refuses the whole injected pod under restricted, for the init container alone', async () => {
    const [plain] = scenarios.filter(({ name }) => name === 'security/restricted-clean');
    const { status, text } = await create(restricted, {
      ...plain?.pod,
      metadata: { name: 'whole', labels: { 'outrider.io/inject': 'true' } },
    });
    expect(status).to.equal(403);
    expect(JSON.parse(text).message)
      .to.match(/violates PodSecurity/)
      .and.include('outrider-init')
      .and.not.include('outrider-proxy');
  });
});

/** What is ours in a pod. The token, which an admission plugin mounts after us, is not. */
function partsOf({ spec, metadata }: AnyPod) {
  const withoutToken = ({ volumeMounts = [], ...container }: AnyPod) => ({
    ...container,
    volumeMounts: volumeMounts.filter(({ name }: AnyPod) => !name.startsWith('kube-api-access-')),
  });
  const [proxy, init] = spec.initContainers;
  return {
    proxy: withoutToken(proxy),
    init: withoutToken(init),
    volume: byName(spec.volumes, 'outrider-run'),
    status: metadata.annotations['outrider.io/status'],
  };
}
