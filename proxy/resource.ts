import type { Any, Messages } from './envoy-api.ts';

/** The pieces of Envoy configuration that are rendered here, in their JSON form. All fields of all of them are optional. */
export type Bootstrap = Messages['envoy.config.bootstrap.v3.Bootstrap'];
export type Cluster = Messages['envoy.config.cluster.v3.Cluster'];
export type Listener = Messages['envoy.config.listener.v3.Listener'];
export type FilterChain = Messages['envoy.config.listener.v3.FilterChain'];
export type ListenerFilter = Messages['envoy.config.listener.v3.ListenerFilter'];
export type NetworkFilter = Messages['envoy.config.listener.v3.Filter'];
export type HttpConnectionManager =
  Messages['envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'];
export type HttpFilter = Messages['envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter'];
export type Route = Messages['envoy.config.route.v3.Route'];

/** The configuration of a filter or extension, which is the message of this name. */
export function typed<Name extends keyof Messages>(name: Name, fields: Messages[Name]): Any {
  return { '@type': `type.googleapis.com/${name}`, ...fields };
}
