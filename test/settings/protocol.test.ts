import { expect } from 'chai';
import { protocolOfPortName } from '../../settings/protocol.ts';

describe("a port's name", () => {
  for (const [name, protocol] of [
    ['http', 'http'],
    ['http-web', 'http'],
    ['http2', 'http2'],
    ['http2-api', 'http2'],
    ['grpc', 'grpc'],
    ['grpc-orders-v2', 'grpc'],
    ['grpc-web', 'http'],
    ['grpc-web-shop', 'http'],
    ['grpc-website', 'grpc'],
  ] as const) {
    it(`${name} declares ${protocol}`, () => {
      expect(protocolOfPortName(name)).to.equal(protocol);
    });
  }

  for (const name of [
    '',
    'https',
    'httpd',
    'web',
    'web-http',
    'tcp',
    'tcp-http',
    'tls',
    'grpcs',
    'mysql',
    'auto',
  ]) {
    it(`${JSON.stringify(name)} declares nothing`, () => {
      expect(protocolOfPortName(name)).to.equal(undefined);
    });
  }
});
