/** A piece of Envoy configuration in its JSON form (proto3 JSON mapping, snake_case field names). */
export type Json = string | number | boolean | Json[] | { [field: string]: Json };
export type Resource = { [field: string]: Json };

/** A filter or extension whose configuration is the message `type` of Envoy's API. */
export function typed(type: string, fields: Resource = {}): Resource {
  return { '@type': `type.googleapis.com/${type}`, ...fields };
}
