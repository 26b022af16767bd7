import { expect } from 'chai';
import { renderArguments } from '../../proxy/arguments.ts';
import { type BootstrapInput, renderBootstrap } from '../../proxy/bootstrap.ts';
import { renderTracingCluster } from '../../proxy/clusters/tracing.ts';
import { renderTracing, type Tracing } from '../../proxy/tracing.ts';
import { port } from '../../settings/port.ts';

const type = (name: string): string => `type.googleapis.com/envoy.${name}`;

const tracing: Tracing = {
  endpoint: { host: 'collector.observability', port: port(4317) },
  sampling: 0.5,
  service: 'web',
  resource: { 'k8s.pod.name': '$(POD_NAME)' },
};

const input: BootstrapInput = {
  outboundPort: port(15001),
  inboundPort: port(15006),
  families: ['ipv4'],
  adminSocket: '/run/outrider/admin.sock',
  tracing,
};

const clustersOf = (more: Partial<BootstrapInput>) =>
  (
    renderBootstrap({ ...input, ...more }).static_resources as unknown as { clusters: { name: string }[] }
  ).clusters.map(({ name }) => name);

describe('the traces of requests', () => {
  it('are spans named by method, for the collector, of the service, sampled by what arrives or by trace id', () => {
    expect(renderTracing(tracing)).to.deep.equal({
      tracing: {
        operation: '%REQ(:METHOD)%',
        custom_tags: [{ tag: 'http.url', value: '%REQ(:SCHEME)%://%REQ(:AUTHORITY):256%%PATH(NQ):256%' }],
        provider: {
          name: 'envoy.tracers.opentelemetry',
          typed_config: {
            '@type': type('config.trace.v3.OpenTelemetryConfig'),
            grpc_service: {
              envoy_grpc: { cluster_name: 'tracing', authority: 'collector.observability:4317' },
              timeout: '1s',
            },
            service_name: 'web',
            resource_detectors: [
              {
                name: 'envoy.tracers.opentelemetry.resource_detectors.static_config',
                typed_config: {
                  '@type': type(
                    'extensions.tracers.opentelemetry.resource_detectors.v3.StaticConfigResourceDetectorConfig',
                  ),
                  attributes: { 'k8s.pod.name': '$(POD_NAME)' },
                },
              },
            ],
            sampler: {
              name: 'envoy.tracers.opentelemetry.samplers.parent_based',
              typed_config: {
                '@type': type('extensions.tracers.opentelemetry.samplers.v3.ParentBasedSamplerConfig'),
                wrapped_sampler: {
                  name: 'envoy.tracers.opentelemetry.samplers.trace_id_ratio_based',
                  typed_config: {
                    '@type': type(
                      'extensions.tracers.opentelemetry.samplers.v3.TraceIdRatioBasedSamplerConfig',
                    ),
                    sampling_percentage: { numerator: 5000, denominator: 'MILLION' },
                  },
                },
              },
            },
          },
        },
      },
      request_id_extension: {
        typed_config: {
          '@type': type('extensions.request_id.uuid.v3.UuidRequestIdConfig'),
          pack_trace_reason: false,
          use_request_id_for_trace_sampling: false,
        },
      },
    });
  });

  it('are of every connection manager that parses what the application sends or gets, and of no other', () => {
    const rendered = JSON.stringify(
      renderBootstrap({
        ...input,
        httpPorts: [
          { port: port(8080), protocol: 'http' },
          { port: port(9000), protocol: 'grpc' },
        ],
        outbound: {
          kind: 'blackhole',
          allowedCidrs: [],
          allowedPorts: [{ port: port(80), names: ['a.example'] }],
        },
      }),
    );
    expect(rendered.match(/envoy\.tracers\.opentelemetry"/g)).to.have.lengthOf(3);
  });

  it('need a cluster where something is parsed, and nowhere else', () => {
    expect(clustersOf({ httpPorts: [{ port: port(8080), protocol: 'http' }] })).to.deep.equal([
      'PassthroughCluster',
      'InboundPassthroughCluster',
      'InboundPassthroughHttpCluster',
      'BlackHoleCluster',
      'tracing',
      'admin',
    ]);
    expect(clustersOf({})).not.to.include('tracing');
    expect(
      clustersOf({ httpPorts: [{ port: port(80), protocol: 'http' }], tracing: undefined }),
    ).not.to.include('tracing');
  });

  it('leave the names of pod and namespace to the kubelet, and nothing else that looks like a variable', () => {
    const resource = {
      'service.namespace': '$(POD_NAMESPACE)',
      'k8s.namespace.name': '$(POD_NAMESPACE)',
      'k8s.pod.name': '$(POD_NAME)',
    };
    const [, bootstrap = ''] = renderArguments({
      ...input,
      tracing: { ...tracing, service: '"k8s.pod.name":"$(POD_NAME)"', resource },
      httpPorts: [{ port: port(8080), protocol: 'http' }],
      logLevel: 'warning',
      concurrency: 1,
      node: { id: 'a', cluster: 'b' },
    });
    expect(bootstrap).to.include(
      '{"service.namespace":"$(POD_NAMESPACE)","k8s.namespace.name":"$(POD_NAMESPACE)","k8s.pod.name":"$(POD_NAME)"}',
    );
    expect(bootstrap).to.include('"service_name":"\\"k8s.pod.name\\":\\"$$(POD_NAME)\\""');
  });
});

describe("the collector's cluster", () => {
  const endpoint = (address: string) => ({
    cluster_name: 'tracing',
    endpoints: [
      { lb_endpoints: [{ endpoint: { address: { socket_address: { address, port_value: 4317 } } } }] },
    ],
  });

  it('has a name that is resolved while the proxy runs, and bounds what waits for an answer', () => {
    const { load_assignment, ...cluster } = renderTracingCluster(tracing.endpoint, ['ipv4', 'ipv6']);
    expect(load_assignment).to.deep.equal(endpoint('collector.observability'));
    expect(cluster).to.deep.include({
      name: 'tracing',
      type: 'STRICT_DNS',
      dns_lookup_family: 'V4_PREFERRED',
      wait_for_warm_on_init: false,
      circuit_breakers: {
        thresholds: [{ max_connections: 1, max_pending_requests: 16, max_requests: 16 }],
      },
    });
  });

  it('is resolved in the family that the pod has', () => {
    const family = (families: Parameters<typeof renderTracingCluster>[1]) =>
      renderTracingCluster(tracing.endpoint, families).dns_lookup_family;
    expect(family(['ipv4'])).to.equal('V4_ONLY');
    expect(family(['ipv6'])).to.equal('V6_ONLY');
  });

  for (const host of ['10.0.0.7', 'fd00::7']) {
    it(`has no name to resolve where it is ${host}`, () => {
      const cluster = renderTracingCluster({ host, port: port(4317) }, ['ipv4']);
      expect(cluster).to.deep.include({ type: 'STATIC', load_assignment: endpoint(host) });
      expect(cluster).not.to.have.property('dns_lookup_family');
    });
  }
});
