/** What the table of settings does not say of one: a value that somebody would give it, and what else is to know. */
export interface Remark {
  readonly example: string;
  /** Sentences, or a link. */
  readonly more?: string;
}

const outboundPolicy = '[outbound-policy.md](outbound-policy.md)';

/** By the settings' keys, in whatever order. */
export const remarks: Readonly<Record<string, Remark>> = {
  'outbound-port': { example: '15001' },
  'inbound-port': { example: '15006' },
  'ip-families': {
    example: 'dual',
    more: 'In a pod they are those of the cluster, which the webhook knows; `auto` asks the interfaces of the host.',
  },
  'include-outbound-cidrs': {
    example: '10.0.0.0/8,fd00::/8',
    more: 'Empty: none, so that only `include-outbound-ports` captures anything.',
  },
  'exclude-outbound-cidrs': { example: '169.254.169.254/32' },
  'include-outbound-ports': { example: '443,8000-8100' },
  'exclude-outbound-ports': { example: '5432,6379' },
  'include-inbound-ports': { example: '8080', more: 'Empty: nothing that comes in is captured.' },
  'exclude-inbound-ports': {
    example: '9090',
    more: "The proxy's own ports 15020, 15021 and 15090 are never captured.",
  },
  'exclude-inbound-cidrs': { example: '192.0.2.0/24' },
  'exclude-interfaces': { example: 'net1' },
  'virtual-interfaces': {
    example: 'k6t-eth0',
    more: 'What comes in by them is sent by a virtual machine or a nested container, and captured as outbound.',
  },
  'exclude-uids': {
    example: '999',
    more: '0 is root: an application that runs as root would be left alone.',
  },
  'exclude-gids': { example: '999' },
  'drop-invalid': {
    example: 'true',
    more: 'A late packet then does not make the kernel reset a connection.',
  },
  'redirect-mode': {
    example: 'tproxy',
    more: "With `tproxy` the application sees its peers' own addresses, by a proxy that is root: [tproxy.md](tproxy.md).",
  },
  'outbound-policy': { example: 'blackhole', more: `What it asks of containers: ${outboundPolicy}.` },
  'allow-outbound-cidrs': {
    example: '10.96.0.1/32',
    more: `With \`outbound-policy: blackhole\` alone: ${outboundPolicy}.`,
  },
  'allow-outbound-hosts': {
    example: 'api.example.com,*.example.org:8443',
    more: `With \`outbound-policy: blackhole\` alone; ports 80 and 443 where none is given: ${outboundPolicy}.`,
  },
  'allow-unconfined-containers': {
    example: 'true',
    more: `The policy then keeps from mistakes, not from malice: ${outboundPolicy}.`,
  },
  'allow-uncaptured-family': {
    example: 'true',
    more: 'Without it, the init container fails in a pod with a family that the rules do not cover.',
  },
  'proxy-uid': {
    example: '51400',
    more: "Where the pod uses the default itself, the proxy gets the next that is free; on OpenShift one of the namespace's range. A pod has one proxy, and so one of them.",
  },
  'proxy-gid': { example: '51337', more: 'In a pod with `redirect-mode: tproxy` the webhook gives it.' },
  'inbound-protocol': {
    example: '8080=http,9000=grpc',
    more: "Where a port is not named here, the name of the container's port says it, and otherwise it is bytes: [protocols.md](protocols.md).",
  },
  'proxy-image': { example: 'registry.example/envoy:distroless-v1.40.0', more: 'A stock Envoy 1.40.' },
  'proxy-log-level': { example: 'info' },
  'access-log': { example: 'json', more: '[observability.md](observability.md).' },
  'tracing-endpoint': {
    example: 'collector.observability:4317',
    more: '[observability.md](observability.md).',
  },
  'tracing-sampling': {
    example: '0.5',
    more: 'Of requests that belong to a trace already, that trace decides.',
  },
  'proxy-concurrency': {
    example: '2',
    more: 'Without it: one for each CPU of the limit, a part of one counted as a whole.',
  },
  'proxy-cpu': { example: '50m' },
  'proxy-cpu-limit': { example: '1' },
  'proxy-memory': { example: '96Mi' },
  'proxy-memory-limit': {
    example: '512Mi',
    more: 'It decides how many connections there may be: [limits.md](limits.md).',
  },
  'proxy-ephemeral-storage': { example: '10Mi' },
  'proxy-ephemeral-storage-limit': { example: '100Mi' },
  'drain-seconds': {
    example: '10',
    more: "At most the pod's `terminationGracePeriodSeconds`, to which it is lowered: [nodes.md](nodes.md#the-end-of-a-pod).",
  },
};
