import { type Endpoint, formatEndpoint } from '../settings/endpoint.ts';
import { tracingCluster } from './clusters/tracing.ts';
import type { Any, Messages } from './envoy-api.ts';
import { type HttpConnectionManager, typed } from './resource.ts';

/** How requests become spans, and who gets them. */
export interface Tracing {
  readonly endpoint: Endpoint;
  /** Of 100 requests that belong to no trace yet, how many begin one. */
  readonly sampling: number;
  /** Whose spans they are; without one, OpenTelemetry's word for that. */
  readonly service: string | undefined;
  /** What else is known of who sends them: attributes of OpenTelemetry's resource. */
  readonly resource: Readonly<Record<string, string>>;
}

/**
 * Fields of a connection manager that make a span of each of its requests. The span is the proxy's and its
 * application's in one: what the application is told by `traceparent` is this span.
 */
export function renderTracing(tracing: Tracing): HttpConnectionManager {
  return {
    tracing: {
      ...spanName,
      custom_tags: [urlWithoutQuery],
      provider: { name: 'envoy.tracers.opentelemetry', typed_config: renderTracer(tracing) },
    },
    // Envoy would write its decision into an x-request-id of the client's.
    request_id_extension: {
      typed_config: typed('envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig', {
        pack_trace_reason: false,
        use_request_id_for_trace_sampling: false,
      }),
    },
  };
}

/** Newer than the protos of which our types are made. Envoy's own name is `ingress` for all of them. */
const spanName = { operation: '%REQ(:METHOD)%' };

/** A query may hold what is secret. Envoy's own attribute of this name has it, as much of it as 256 characters take. */
const urlWithoutQuery: Messages['envoy.type.tracing.v3.CustomTag'] = {
  tag: 'http.url',
  ...{ value: '%REQ(:SCHEME)%://%REQ(:AUTHORITY):256%%PATH(NQ):256%' },
};

const renderTracer = ({ endpoint, sampling, service, resource }: Tracing): Any =>
  typed('envoy.config.trace.v3.OpenTelemetryConfig', {
    grpc_service: {
      envoy_grpc: { cluster_name: tracingCluster, authority: formatEndpoint(endpoint) },
      // No request waits for it. Without an end, what waits for a collector that does not answer would pile up.
      timeout: '1s',
    },
    ...(service !== undefined && { service_name: service }),
    resource_detectors: [
      {
        name: 'envoy.tracers.opentelemetry.resource_detectors.static_config',
        typed_config: typed(
          'envoy.extensions.tracers.opentelemetry.resource_detectors.v3.StaticConfigResourceDetectorConfig',
          { attributes: resource },
        ),
      },
    ],
    sampler: parentBased(byTraceId(sampling)),
  });

type Extension = Messages['envoy.config.core.v3.TypedExtensionConfig'];

/** One of Envoy's samplers. These are newer than the protos of which our types are made. */
function sampler(name: string, message: string, fields: object): Extension {
  const type = `type.googleapis.com/envoy.extensions.tracers.opentelemetry.samplers.v3.${message}`;
  return { name: `envoy.tracers.opentelemetry.samplers.${name}`, typed_config: { '@type': type, ...fields } };
}

/** What arrives as sampled is sampled, and what arrives as not sampled is not. */
const parentBased = (root: Extension): Extension =>
  sampler('parent_based', 'ParentBasedSamplerConfig', { wrapped_sampler: root });

/** Envoy's own sampling goes by x-request-id, which nobody is given here. */
const byTraceId = (percent: number): Extension =>
  sampler('trace_id_ratio_based', 'TraceIdRatioBasedSamplerConfig', {
    sampling_percentage: { numerator: Math.round(percent * 10_000), denominator: 'MILLION' },
  });
