/** What is compared: ways to one server, under loads. */

export const titles = {
  direct: 'direct',
  tcp: "Outrider's proxy, bytes",
  tcpByDefault: "Outrider's proxy, bytes, threads as by default",
  http: "Outrider's proxy, HTTP declared",
  haproxyTcp: 'HAProxy, TCP, without redirect',
  haproxyRedirected: 'HAProxy, TCP, behind the same rules',
  haproxyHttp: 'HAProxy, HTTP, without redirect',
  sniffing: 'Envoy that sniffs, and parses HTTP',
  tcpTwice: "client's and server's proxy, bytes",
  httpTwice: "client's and server's proxy, HTTP declared",
} as const;

export type WayName = keyof typeof titles;

export const loads = [
  { title: '1 connection', connections: 1 },
  { title: '32 connections', connections: 32 },
  { title: '256 connections', connections: 256 },
  { title: '32, a request each', connections: 32, isShort: true },
] as const;

/** Whose quotient of requests a second is told, and at what load. */
export const quotients = [
  { of: 'tcp', to: 'haproxyTcp', load: '32 connections' },
  { of: 'tcp', to: 'haproxyRedirected', load: '32 connections' },
  { of: 'tcp', to: 'sniffing', load: '32 connections' },
  { of: 'http', to: 'haproxyHttp', load: '32 connections' },
  { of: 'http', to: 'sniffing', load: '32 connections' },
] as const satisfies readonly { of: WayName; to: WayName; load: string }[];
