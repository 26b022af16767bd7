import { expect } from 'chai';
import covertable from 'covertable';
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

const tracing = {
  sampling: 1,
  service: 'web',
  resource: { 'k8s.pod.name': 'web-1' },
};

/** Every setting that reaches Envoy, with each kind of value that it can have beside the usual one. */
const settings: Readonly<Record<string, Readonly<Record<string, Partial<ArgumentsInput>>>>> = {
  families: {
    'IPv4 alone': { families: ['ipv4'] },
    'IPv6 alone': { families: ['ipv6'] },
  },
  ports: { 'other capture ports': { outboundPort: port(2), inboundPort: port(65534) } },
  admin: {
    'an admin socket with odd characters in its path': { adminSocket: '/run/out "rider"/$(POD_IP)/a.sock' },
  },
  probes: {
    'a TCP probe in both families': {
      probes: [
        { address: '10.0.0.1', port: port(8080), periodSeconds: 10, timeoutSeconds: 1 },
        { address: 'fd00::1', port: port(8080), periodSeconds: 10, timeoutSeconds: 1 },
      ],
    },
    'a TCP probe with the longest times that Kubernetes takes': {
      probes: [
        { address: '10.0.0.1', port: port(1), periodSeconds: 2 ** 31 - 1, timeoutSeconds: 2 ** 31 - 1 },
      ],
    },
    'as many TCP probes as a pod has containers': {
      probes: Array.from({ length: 60 }, (_, index) => ({
        address: '10.0.0.1',
        port: port(8000 + index),
        periodSeconds: 1,
        timeoutSeconds: 1,
      })),
    },
  },
  http: {
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
  },
  outbound: {
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
  },
  memory: {
    'the memory of a byte': { memoryLimit: 1 },
    'more memory than a machine has': { memoryLimit: 1e21 },
  },
  'access log': {
    'an access log in JSON': { accessLog: 'json' },
    'an access log as text': { accessLog: 'text' },
  },
  traces: {
    'traces to a collector that has a name': {
      tracing: { ...tracing, endpoint: { host: 'collector.observability', port: port(4317) } },
    },
    'traces to a collector with an address, of which little is told': {
      tracing: {
        endpoint: { host: 'fd00::7', port: port(4317) },
        sampling: 0.0001,
        service: undefined,
        resource: {},
      },
    },
  },
  mode: { 'connections that TPROXY gives as they are': { redirectMode: 'tproxy' } },
  workers: {
    'one worker': { concurrency: 1 },
    'the most workers': { concurrency: 128 },
  },
};

const variants = Object.assign(
  { 'the default settings': {} },
  ...Object.values(settings),
  ...logLevels.map((logLevel) => ({ [`log level ${logLevel}`]: { logLevel } })),
) as Record<string, Partial<ArgumentsInput>>;

/** Values, or the usual one, of all settings, so that each three of different settings meet in one of them. */
const combinations: readonly (readonly string[])[] = covertable.make(
  Object.values(settings).map((values) => ['the default settings', ...Object.keys(values)]),
  { length: 3 },
);

async function validate(args: readonly string[]) {
  const { exitCode, all } = await execa(envoyProgram, ['--mode', 'validate', ...args], {
    all: true,
    reject: false,
  });
  return { exitCode, all };
}

async function expectAccepted(names: readonly string[]): Promise<void> {
  const input = Object.assign({}, usual, ...names.map((name) => variants[name]));
  const { exitCode, all } = await validate(expanded(input));
  expect(exitCode, `${names.join(', ')}: ${all}`).to.equal(0);
  expect(all).to.contain("configuration '' OK");
}

describe('the bootstrap, read by the real Envoy', () => {
  for (const name of Object.keys(variants)) {
    it(`is accepted with ${name}`, () => expectAccepted([name]));
  }

  it('is accepted whatever three values come together', async function () {
    this.timeout(300_000);
    expect(combinations.length).to.be.above(30);
    for (const combination of combinations) await expectAccepted(combination);
  });

  it('would be refused for a field that Envoy does not know', async () => {
    const args = expanded(usual).map((text) => text.replace('"traffic_direction"', '"traffic_directions"'));
    const { exitCode, all } = await validate(args);
    expect(exitCode).to.equal(1);
    expect(all).to.contain('traffic_directions');
  });
});
