import { setting, without } from '../bootstrap-edits.ts';
import type { Attempt } from './attempt.ts';

/** Of HTTP where it is declared. */
export const ofHttp: readonly Attempt[] = [
  {
    what: 'HTTP/1 alone, first bytes not looked at (`codec_type`)',
    on: ['HTTP'],
    change: { edit: setting('http', { codec_type: 'HTTP1' }) },
    verdict: 'not taken: HTTP/2 comes to such ports, too',
  },
  {
    what: "the parser before Envoy's present one",
    on: ['HTTP'],
    change: {
      edit: setting('bootstrap', {
        layered_runtime: {
          layers: [
            { name: 'static', static_layer: { 'envoy.reloadable_features.http1_use_balsa_parser': false } },
          ],
        },
      }),
    },
    verdict: 'not taken: on its way out of Envoy',
  },
  {
    what: 'headers in lower case, no reason phrase, no trailers',
    on: ['HTTP'],
    change: {
      edit: ({ http, upstreamHttp }) => {
        http.http_protocol_options = {};
        upstreamHttp.use_downstream_protocol_config = { http_protocol_options: {} };
      },
    },
    verdict: 'not taken: [as it was written](protocols.md)',
  },
  {
    what: '`x-forwarded-proto` is left on requests',
    on: ['HTTP'],
    change: {
      edit: ({ http }) => {
        delete http.early_header_mutation_extensions;
        const [host] = (http.route_config as { virtual_hosts: { routes: object[] }[] }).virtual_hosts;
        host?.routes.splice(0, 2);
      },
    },
    verdict: 'not taken: [without traces](protocols.md)',
  },
  {
    what: 'no WebSockets, no CONNECT (`upgrade_configs`)',
    on: ['HTTP'],
    change: { edit: without('http', 'upgrade_configs') },
    verdict: 'not taken: they work',
  },
  {
    what: 'clients share connections to the application',
    on: ['HTTP'],
    change: { edit: without('httpCluster', 'connection_pool_per_downstream_connection') },
    verdict: "not taken: [one would get another's answer](adr/0011-http-where-it-is-declared.md)",
  },
  {
    what: 'a connection to the application is kept for an hour',
    on: ['HTTP'],
    change: {
      edit: ({ upstreamHttp }) =>
        void Object.assign(upstreamHttp.common_http_protocol_options ?? {}, { idle_timeout: '3600s' }),
    },
    verdict: 'not taken: it would meet the closing of it',
  },
  {
    what: 'a spare connection to the application (`preconnect_policy`)',
    on: ['HTTP'],
    change: { edit: setting('httpCluster', { preconnect_policy: { per_upstream_preconnect_ratio: 2 } }) },
    verdict: "not taken: twice the application's connections",
  },
  {
    what: 'no answers by their status (`dynamic_stats`)',
    on: ['HTTP'],
    change: { edit: setting('router', { dynamic_stats: false }) },
    verdict: 'not taken: [observability](observability.md)',
  },
  {
    what: 'requests get an id (`generate_request_id`)',
    on: ['HTTP'],
    change: { edit: setting('http', { generate_request_id: true }) },
    verdict: 'not taken: nothing is added',
  },
  {
    what: 'paths are normalised',
    on: ['HTTP'],
    change: { edit: setting('http', { normalize_path: true, merge_slashes: true }) },
    verdict: 'not taken: nothing is changed',
  },
];
