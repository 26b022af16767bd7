/** Changes to a rendered bootstrap, as JSON: what is tried stands in no type of ours. */

type Json = string | number | boolean | Json[] | Fields;
type Fields = { [field: string]: Json };

export type Edit = (parts: Parts) => void;

/** The pieces that carry what comes in, of a bootstrap that is a copy. */
export interface Parts {
  readonly bootstrap: Fields;
  readonly listener: Fields;
  readonly cluster: Fields;
  readonly tcpProxy: Fields;
  /** Of the port that declares HTTP; empty without one. */
  readonly http: Fields;
  readonly router: Fields;
  readonly httpCluster: Fields;
  /** The cluster's options for HTTP. */
  readonly upstreamHttp: Fields;
}

export function edited(rendered: object, edit: Edit): object {
  const bootstrap = structuredClone(rendered) as Fields;
  const { listeners, clusters } = bootstrap.static_resources as Record<'listeners' | 'clusters', Fields[]>;
  const listener = named(listeners, 'virtualInbound');
  const chains = listener.filter_chains as Fields[];
  const http = configOf(chains.find(({ name }) => `${name}`.startsWith('inbound|')) ?? {});
  const httpCluster = named(clusters, 'InboundPassthroughHttpCluster');
  const options = (httpCluster.typed_extension_protocol_options ?? {}) as Record<string, Fields>;
  edit({
    bootstrap,
    listener,
    cluster: named(clusters, 'InboundPassthroughCluster'),
    tcpProxy: configOf(listener.default_filter_chain as Fields),
    http,
    router: ((http.http_filters ?? []) as Fields[]).at(-1)?.typed_config as Fields,
    httpCluster,
    upstreamHttp: Object.values(options)[0] ?? {},
  });
  return bootstrap;
}

const named = (all: readonly Fields[], name: string): Fields => all.find((one) => one.name === name) ?? {};

const configOf = ({ filters }: Fields): Fields =>
  ((filters as Fields[] | undefined)?.at(-1)?.typed_config ?? {}) as Fields;

/** Sets fields of one part. */
export const setting =
  (part: keyof Parts, fields: Fields): Edit =>
  (parts) =>
    void Object.assign(parts[part], fields);

/** Takes fields of one part away, so that Envoy's default holds. */
export const without =
  (part: keyof Parts, ...fields: readonly string[]): Edit =>
  (parts) => {
    for (const field of fields) delete parts[part][field];
  };

/** A socket option of both sides of a connection: on what is accepted, and on what is opened to the application. */
export const socketOption =
  (level: number, name: number, value: number): Edit =>
  ({ listener, cluster }) => {
    const option = { level, name, int_value: value, state: 'STATE_PREBIND' };
    listener.socket_options = [...((listener.socket_options ?? []) as Json[]), option];
    (cluster.upstream_bind_config as Fields).socket_options = [option];
  };

/** The application's address is written down, in place of the one that the client dialled. */
export const fixedDestination: Edit = ({ cluster }) => {
  const address = { socket_address: { address: '127.0.0.1', port_value: 8080 } };
  delete cluster.lb_policy;
  cluster.type = 'STATIC';
  cluster.load_assignment = {
    cluster_name: `${cluster.name}`,
    endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }],
  };
};
