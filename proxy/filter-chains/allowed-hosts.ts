import type { Family } from '../../settings/cidr.ts';
import { allowedHostsCluster } from '../clusters/allowed-hosts.ts';
import { renderDnsCache } from '../dns-cache.ts';
import type { Messages } from '../envoy-api.ts';
import { tcpProxy } from '../filters.ts';
import { http1AsWritten, http2AsWritten, withoutLimits, withoutTraces } from '../http-options.ts';
import { type Observation, renderObservation } from '../observation.ts';
import type { AllowedPort } from '../outbound.ts';
import { type FilterChain, type HttpConnectionManager, type NetworkFilter, typed } from '../resource.ts';

/**
 * The filter chains of one port on which hosts are allowed: by the name in the TLS handshake, or by the Host of a
 * request. The address that the application dialled is not used: it would be one's own choice beside an allowed name.
 */
export function renderAllowedHostChains(
  allowed: AllowedPort,
  families: readonly Family[],
  observation: Observation,
): FilterChain[] {
  const { port, names } = allowed;
  const tls = `virtualOutbound-allowed-hosts-tls-${port}`;
  const dns = { dns_cache_config: renderDnsCache(families) };
  return [
    {
      name: tls,
      filter_chain_match: { destination_port: port, transport_protocol: 'tls', server_names: [...names] },
      filters: [
        {
          name: 'envoy.filters.network.sni_dynamic_forward_proxy',
          typed_config: typed('envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig', {
            port_value: port,
            ...dns,
          }),
        },
        tcpProxy(tls, allowedHostsCluster),
      ],
    },
    {
      name: `virtualOutbound-allowed-hosts-http-${port}`,
      filter_chain_match: { destination_port: port, transport_protocol: 'raw_buffer' },
      filters: [renderHttp(allowed, dns, observation)],
    },
  ];
}

/** A request goes to the port that its Host names: only to the one that was dialled, which is 80 where it names none. */
const domainsOf = ({ port, names }: AllowedPort): string[] =>
  names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));

function renderHttp(
  allowed: AllowedPort,
  dns: Messages['envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig'],
  observation: Observation,
): NetworkFilter {
  const name = `virtualOutbound-allowed-hosts-http-${allowed.port}`;
  const refused = {
    status: 403,
    body: { inline_string: 'refused by outrider: the host is not among outrider.io/allow-outbound-hosts\n' },
  };
  const virtual_hosts: Messages['envoy.config.route.v3.VirtualHost'][] = [
    {
      name: 'allowed',
      domains: domainsOf(allowed),
      routes: [{ match: { prefix: '/' }, route: { cluster: allowedHostsCluster, timeout: '0s' } }],
      request_headers_to_remove: ['x-forwarded-proto'],
    },
    { name: 'refused', domains: ['*'], routes: [{ match: { prefix: '/' }, direct_response: refused }] },
  ];
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: typed('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
      stat_prefix: name,
      ...asItIs,
      ...renderObservation(observation, 'outbound'),
      route_config: { virtual_hosts },
      http_filters: [
        {
          name: 'envoy.filters.http.dynamic_forward_proxy',
          typed_config: typed('envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig', dns),
        },
        {
          name: 'envoy.filters.http.router',
          typed_config: typed('envoy.extensions.filters.http.router.v3.Router', {
            suppress_envoy_headers: true,
          }),
        },
      ],
    }),
  };
}

/** Nothing of our own in requests and answers, and no end to quiet ones. */
const asItIs: HttpConnectionManager = {
  ...withoutTraces,
  ...withoutLimits,
  skip_xff_append: true,
  http_protocol_options: http1AsWritten,
  http2_protocol_options: http2AsWritten,
  upgrade_configs: [{ upgrade_type: 'websocket' }],
};
