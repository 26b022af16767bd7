import { expect } from 'chai';
import { type AnyPod, inject, pod, review } from '../pods.ts';

const endpoint = { 'outrider.io/tracing-endpoint': 'collector.observability:4317' };

const traced = (metadata: object): AnyPod => {
  const containers = [{ name: 'web', image: 'web:1', ports: [{ name: 'http', containerPort: 8080 }] }];
  return pod({ metadata: { annotations: endpoint, ...metadata }, spec: { containers } });
};

/** Of the pod's connection manager, what tells of its spans. */
function tracerOf(object: AnyPod): AnyPod {
  const [, bootstrap] = inject(object).spec.initContainers[0].args;
  const { listeners } = JSON.parse(bootstrap).static_resources;
  const inbound = listeners.find(({ name }: AnyPod) => name === 'virtualInbound');
  return inbound.filter_chains.at(-1).filters[0].typed_config.tracing.provider.typed_config;
}

const owned = (kind: string, name: string) => ({
  ownerReferences: [
    { apiVersion: 'v1', kind: 'Other', name: 'other', uid: '1' },
    { apiVersion: 'apps/v1', kind, name, uid: '2', controller: true },
  ],
});

/** What tells the name of a service, strongest first. */
const names: readonly { what: string; metadata: object; service: string | undefined }[] = [
  {
    what: 'the annotation of OpenTelemetry',
    metadata: {
      annotations: { ...endpoint, 'resource.opentelemetry.io/service.name': 'told' },
      labels: { 'app.kubernetes.io/name': 'labelled', app: 'app' },
    },
    service: 'told',
  },
  {
    what: "Kubernetes' label",
    metadata: { labels: { 'app.kubernetes.io/name': 'labelled', app: 'app' } },
    service: 'labelled',
  },
  {
    what: 'the label app',
    metadata: { labels: { app: 'app' }, ...owned('DaemonSet', 'logs') },
    service: 'app',
  },
  {
    what: 'the Deployment of its ReplicaSet',
    metadata: {
      name: 'web-6d4f9c-x2x7z',
      labels: { 'pod-template-hash': '6d4f9c' },
      ...owned('ReplicaSet', 'web-6d4f9c'),
    },
    service: 'web',
  },
  { what: 'a ReplicaSet of nobody', metadata: owned('ReplicaSet', 'web-6d4f9c'), service: 'web-6d4f9c' },
  { what: 'its StatefulSet', metadata: owned('StatefulSet', 'db'), service: 'db' },
  { what: 'the CronJob of its Job', metadata: owned('Job', 'report-29384756'), service: 'report' },
  { what: 'its Job', metadata: owned('Job', 'import-2'), service: 'import-2' },
  { what: 'its own name', metadata: { name: 'shop' }, service: 'shop' },
  { what: 'nothing', metadata: { name: undefined }, service: undefined },
];

describe('the traces of a pod', () => {
  for (const { what, metadata, service } of names) {
    it(`are of the service that ${what} names`, () => {
      expect(tracerOf(traced(metadata)).service_name).to.equal(service);
    });
  }

  it('tell pod and namespace, which the kubelet fills in', () => {
    expect(tracerOf(traced({})).resource_detectors[0].typed_config.attributes).to.deep.equal({
      'service.namespace': '$(POD_NAMESPACE)',
      'k8s.namespace.name': '$(POD_NAMESPACE)',
      'k8s.pod.name': '$(POD_NAME)',
    });
  });

  it('begin at one of a hundred requests, as in Istio, where nobody says how many', () => {
    const { wrapped_sampler } = tracerOf(traced({})).sampler.typed_config;
    expect(wrapped_sampler.typed_config.sampling_percentage).to.deep.equal({
      numerator: 10_000,
      denominator: 'MILLION',
    });
  });

  it('are the same after the injection', () => {
    const injected = inject(traced({ labels: { app: 'web' } }));
    expect(review(injected).answer.kind).to.equal('allowed');
  });
});
