import type { Messages } from './envoy-api.ts';

/**
 * The statistics that the proxy keeps, by Envoy's names for them: the scope as a regular expression, and what is kept
 * of it. docs/observability.md tells what they mean. Envoy has hundreds more, and each would cost memory in every pod
 * and a series in every Prometheus. What of these names traffic chooses is the status of an answer alone: three digits.
 */
const kept: Readonly<Record<string, readonly string[]>> = {
  'listener\\.virtual(Inbound|Outbound)': [
    'downstream_cx_total',
    'downstream_cx_active',
    'downstream_cx_overload_reject',
    'downstream_global_cx_overflow',
  ],
  'tcp\\.[^.]+': ['downstream_cx_total', 'downstream_cx_rx_bytes_total', 'downstream_cx_tx_bytes_total'],
  'http\\.(inbound\\||virtualOutbound).+': [
    'downstream_rq_total',
    'downstream_rq_active',
    'downstream_rq_[1-5]xx',
    'downstream_rq_time',
    'downstream_cx_rx_bytes_total',
    'downstream_cx_tx_bytes_total',
  ],
  // Envoy keeps codes by cluster, not by filter chain; each from its first answer on.
  'cluster\\.(InboundPassthroughHttpCluster|AllowedHostsCluster)': ['upstream_rq_[1-5][0-9][0-9]'],
  'cluster\\..+': [
    'upstream_cx_total',
    'upstream_cx_active',
    'upstream_cx_connect_fail',
    'upstream_cx_connect_timeout',
    'upstream_cx_none_healthy',
    'upstream_cx_rx_bytes_total',
    'upstream_cx_tx_bytes_total',
    'health_check\\.attempt',
    'health_check\\.success',
    'health_check\\.failure',
  ],
  'tracing\\.opentelemetry': ['spans_sent', 'spans_dropped'],
  // By these Envoy answers the probe itself: without them it would be 503 for ever.
  'cluster\\.probe\\|.+': ['membership_healthy', 'membership_total'],
  'dns_cache\\.allowed-hosts': ['dns_query_attempt', 'dns_query_failure', 'dns_address_filter_out'],
  'overload\\.envoy\\.overload_actions\\.reject_incoming_connections': ['active'],
  server: ['live', 'uptime', 'memory_allocated', 'memory_physical_size'],
};

/**
 * Whole milliseconds, as Envoy counts them: from what a small answer takes on loopback to that after which nobody waits.
 * Each is a series for each port, so they are fewer than Envoy's own.
 */
const latencies = [1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/** envoy.config.metrics.v3.StatsConfig. What does not match is never made. */
export function renderStats(): Messages['envoy.config.metrics.v3.StatsConfig'] {
  const patterns = Object.entries(kept).map(([scope, names]) => ({
    safe_regex: { regex: `${scope}\\.(${names.join('|')})` },
  }));
  return {
    // Envoy's own tags, but for that of listeners: it is for addresses, and ours have names, the same in each pod.
    use_all_default_tags: false,
    stats_tags: [
      { tag_name: 'envoy.cluster_name' },
      { tag_name: 'envoy.tcp_prefix' },
      { tag_name: 'envoy.http_conn_manager_prefix' },
      { tag_name: 'envoy.response_code_class' },
      { tag_name: 'envoy.response_code' },
      { tag_name: 'envoy.listener_name', regex: '^listener\\.((virtual(?:In|Out)bound)\\.)' },
    ],
    histogram_bucket_settings: [{ match: { suffix: '.downstream_rq_time' }, buckets: [...latencies] }],
    stats_matcher: { inclusion_list: { patterns } },
  };
}
