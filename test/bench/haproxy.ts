/** Configurations of HAProxy. */

const defaults = `
global
    nbthread 1
    maxconn 4096
defaults
    timeout connect 10s
    timeout client 1h
    timeout server 1h
`;

/** The server that is asked by all ways: it answers by itself. */
export const answering = (port: number): string => `${defaults}
frontend answers
    mode http
    bind :${port}
    http-request return status 200 content-type text/plain string hello
`;

/** A proxy before that server, in a process of its own as a sidecar is. The client goes to it; no rules are in its way. */
export const proxying = (mode: 'tcp' | 'http', port: number, server: number): string => `${defaults}
listen ${mode}
    mode ${mode}
    bind :${port}
    server app 127.0.0.1:${server}
`;

/** Where the rules redirect to: on to where the client dialled, from the address by which the rules know a proxy's own. */
export const redirected = (port: number, source: string): string => `${defaults}
listen redirected
    mode tcp
    bind :${port}
    source ${source}
    server app 0.0.0.0:0
`;
