import type { Family } from '../../settings/cidr.ts';
import type { Port } from '../../settings/port.ts';
import { listenerAddresses } from '../address.ts';
import { bufferLimit } from '../buffer.ts';
import { exempt } from '../overload.ts';
import { brief } from '../own-listeners.ts';
import { type HttpFilter, type Listener, type Route, typed } from '../resource.ts';

export interface HttpListener {
  readonly name: string;
  readonly families: readonly Family[];
  readonly port: Port;
  /** HTTP filters that come before the router. */
  readonly filters: readonly HttpFilter[];
  readonly routes: readonly Route[];
}

/** A listener of the proxy's own that speaks HTTP, and answers 404 to all that neither filter nor route takes. */
export function renderHttpListener({ name, families, port, filters, routes }: HttpListener): Listener {
  const notFound = { match: { prefix: '/' }, direct_response: { status: 404 } };
  const virtualHost = { name, domains: ['*'], routes: [...routes, notFound] };
  const router = {
    name: 'envoy.filters.http.router',
    typed_config: typed('envoy.extensions.filters.http.router.v3.Router', {}),
  };
  const connectionManager = typed(
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    {
      stat_prefix: name,
      ...brief,
      route_config: { virtual_hosts: [virtualHost] },
      http_filters: [...filters, router],
    },
  );
  return {
    name,
    ...listenerAddresses(families, port),
    ...bufferLimit,
    ...exempt,
    filter_chains: [
      {
        filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: connectionManager }],
      },
    ],
  };
}
