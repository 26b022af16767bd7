import fc from 'fast-check';
import { logLevels } from '../../settings/settings.ts';

const natural = (min: number, max: number) => fc.integer({ min, max }).map(String);
const port = natural(1, 65535);
const range = fc
  .tuple(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 1, max: 65535 }))
  .map((ends) => `${Math.min(...ends)}-${Math.max(...ends)}`);
const cidr = fc.oneof(
  fc.tuple(fc.ipV4(), natural(0, 32)).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(fc.ipV6(), natural(0, 128)).map(([address, bits]) => `${address}/${bits}`),
);
const separator = fc.constantFrom(',', ', ', ' ,');
const list = (item: fc.Arbitrary<string>, minLength = 0) =>
  fc.tuple(fc.array(item, { minLength, maxLength: 5 }), separator).map(([items, by]) => items.join(by));
const selection = (item: fc.Arbitrary<string>) => fc.oneof(fc.constantFrom('*', ''), list(item));
const ports = selection(fc.oneof(port, range));
const interfaceName = fc.constantFrom('eth0', 'veth_1.2', 'br-0123456789ab', 'x'.repeat(15));
const quantity = fc
  .tuple(natural(1, 9999), fc.constantFrom('', 'm', 'k', 'Ki', 'Mi', 'G', 'Gi', 'e2', '.5', '.25Gi'))
  .map(([digits, suffix]) => digits + suffix);

const declaredPorts = fc
  .dictionary(port, fc.constantFrom('http', 'http2', 'grpc', 'tcp', 'auto'), { maxKeys: 5 })
  .map((ports) => Object.entries(ports).map(([number, protocol]) => `${number}=${protocol}`))
  .map((items) => items.join(', '));

/** Valid texts of every setting there is: a new setting without texts here fails the test of the table. */
export const texts: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'outbound-port': port,
  'inbound-port': port,
  'ip-families': fc.constantFrom('auto', 'ipv4', 'ipv6', 'dual'),
  'include-outbound-cidrs': selection(cidr),
  'exclude-outbound-cidrs': selection(cidr),
  'include-outbound-ports': ports,
  'exclude-outbound-ports': ports,
  'include-inbound-ports': ports,
  'exclude-inbound-ports': ports,
  'exclude-inbound-cidrs': selection(cidr),
  'exclude-interfaces': list(interfaceName),
  'virtual-interfaces': list(interfaceName),
  'exclude-uids': list(natural(0, 4294967294)),
  'exclude-gids': list(natural(0, 4294967294)),
  'drop-invalid': fc.constantFrom('true', 'false'),
  'redirect-mode': fc.constantFrom('redirect', 'tproxy'),
  'outbound-policy': fc.constantFrom('allow-any', 'blackhole'),
  'allow-uncaptured-family': fc.constantFrom('true', 'false'),
  'proxy-uid': list(natural(1, 4294967294), 1),
  'proxy-gid': list(natural(1, 4294967294)),
  'inbound-protocol': declaredPorts,
  'allow-outbound-cidrs': list(cidr),
  'allow-outbound-hosts': list(
    fc
      .tuple(
        fc.constantFrom('', '*.'),
        fc.domain(),
        fc.oneof(
          fc.constant(''),
          port.map((one) => `:${one}`),
        ),
      )
      .map((parts) => parts.join('')),
  ),
  'allow-unconfined-containers': fc.constantFrom('true', 'false'),
  'proxy-image': fc.constantFrom('envoy', 'r.example:5000/a/b:v1', 'envoyproxy/envoy:distroless-v1.40.0'),
  'proxy-log-level': fc.constantFrom(...logLevels),
  'access-log': fc.constantFrom('off', 'json', 'text'),
  'tracing-endpoint': fc.oneof(
    fc.constant(''),
    fc
      .tuple(
        fc.oneof(
          fc.domain(),
          fc.ipV4(),
          fc.ipV6().map((address) => `[${address}]`),
        ),
        port,
      )
      .map(([host, number]) => `${host}:${number}`),
  ),
  'tracing-sampling': fc.oneof(natural(0, 100), fc.constantFrom('0.5', '99.9999', '100.0', '0.0001')),
  'proxy-concurrency': fc.oneof(fc.constant(''), natural(1, 128)),
  'proxy-cpu': quantity,
  'proxy-cpu-limit': quantity,
  'proxy-memory': quantity,
  'proxy-memory-limit': quantity,
  'proxy-ephemeral-storage': fc.oneof(fc.constant(''), quantity),
  'proxy-ephemeral-storage-limit': fc.oneof(fc.constant(''), quantity),
  'drain-seconds': natural(0, 86_400),
};
