import { expect } from 'chai';
import { execa } from 'execa';
import { type ArgumentsInput, renderArguments } from '../../proxy/arguments.ts';
import { type Cidr, parseCidr } from '../../settings/cidr.ts';
import { port } from '../../settings/port.ts';
import { logLevels } from '../../settings/settings.ts';
import { envoyProgram } from './envoy.ts';

const usual: ArgumentsInput = {
  outboundPort: port(15001),
  inboundPort: port(15006),
  families: ['ipv4', 'ipv6'],
  adminSocket: '/run/outrider/admin.sock',
  memoryLimit: 256 * 2 ** 20,
  logLevel: 'warning',
  concurrency: 2,
  node: { id: 'web.shop', cluster: 'shop' },
};

/** What the kubelet would hand to Envoy: `$$` is read as `$`, and there is no variable among these arguments. */
const expanded = (input: ArgumentsInput): string[] =>
  renderArguments(input).map((text) => text.replaceAll('$$', '$'));

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
}

/** Every setting that reaches Envoy, with each kind of value that it can have. */
const variants: Record<string, Partial<ArgumentsInput>> = {
  'the default settings': {},
  'IPv4 alone': { families: ['ipv4'] },
  'IPv6 alone': { families: ['ipv6'] },
  'other capture ports': { outboundPort: port(1), inboundPort: port(65535) },
  'an admin socket with odd characters in its path': { adminSocket: '/run/out "rider"/$(POD_IP)/a.sock' },
  'a TCP probe in both families': {
    probes: [
      { address: '10.0.0.1', port: port(8080), periodSeconds: 10, timeoutSeconds: 1 },
      { address: 'fd00::1', port: port(8080), periodSeconds: 10, timeoutSeconds: 1 },
    ],
  },
  'a TCP probe with the longest times that Kubernetes takes': {
    families: ['ipv4'],
    probes: [{ address: '10.0.0.1', port: port(1), periodSeconds: 2 ** 31 - 1, timeoutSeconds: 2 ** 31 - 1 }],
  },
  'as many TCP probes as a pod has containers': {
    probes: Array.from({ length: 60 }, (_, index) => ({
      address: '10.0.0.1',
      port: port(8000 + index),
      periodSeconds: 1,
      timeoutSeconds: 1,
    })),
  },
  'ports of HTTP, one of each protocol': {
    httpPorts: [
      { port: port(80), protocol: 'http' },
      { port: port(8080), protocol: 'http2' },
      { port: port(65535), protocol: 'grpc' },
      { port: port(9090), protocol: 'auto' },
    ],
  },
  'several ports of which each connection tells its protocol': {
    httpPorts: [
      { port: port(1), protocol: 'auto' },
      { port: port(65535), protocol: 'auto' },
    ],
  },
  'the policy blackhole': { outbound: { kind: 'blackhole', allowedCidrs: [], allowedPorts: [] } },
  'the policy blackhole and what is allowed': {
    outbound: {
      kind: 'blackhole',
      allowedCidrs: [cidr('0.0.0.0/0'), cidr('192.0.2.1/32'), cidr('::/0'), cidr('::ffff:10.0.0.0/104')],
      allowedPorts: [
        { port: port(80), names: ['a.example', '*.a.example', '*.example'] },
        { port: port(443), names: ['a_b.example'] },
        // The port of the listener itself.
        { port: port(15001), names: ['a.example'] },
      ],
    },
  },
  'the memory of a byte': { memoryLimit: 1 },
  'more memory than a machine has': { memoryLimit: 1e21 },
  'an access log in JSON': { accessLog: 'json' },
  'an access log as text': { accessLog: 'text' },
  'one worker': { concurrency: 1 },
  'the most workers': { concurrency: 128 },
  ...Object.fromEntries(logLevels.map((logLevel) => [`log level ${logLevel}`, { logLevel }])),
};

describe('the bootstrap, read by the real Envoy', () => {
  for (const [what, variant] of Object.entries(variants)) {
    it(`is accepted with ${what}`, async () => {
      const args = ['--mode', 'validate', ...expanded({ ...usual, ...variant })];
      const { exitCode, all } = await execa(envoyProgram, args, { all: true, reject: false });
      expect(exitCode, all).to.equal(0);
      expect(all).to.contain("configuration '' OK");
    });
  }

  it('would be refused for a field that Envoy does not know', async () => {
    const args = expanded(usual).map((text) => text.replace('"traffic_direction"', '"traffic_directions"'));
    const { exitCode, all } = await execa(envoyProgram, ['--mode', 'validate', ...args], {
      all: true,
      reject: false,
    });
    expect(exitCode).to.equal(1);
    expect(all).to.contain('traffic_directions');
  });
});
