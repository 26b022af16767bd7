import { expect } from 'chai';
import { isMirrorOf } from '../../../webhook/injection/image-mirror.ts';

const envoy = 'envoyproxy/envoy:v1';
const digest = `sha256:${'0'.repeat(64)}`;
const other = `sha256:${'1'.repeat(64)}`;

describe('the same image from another place', () => {
  for (const [image, original] of [
    [envoy, envoy],
    ['registry.example/mirror/envoyproxy/envoy:v1', envoy],
    ['registry.example:5000/envoy:v1', envoy],
    ['envoy:v1', envoy],
    [`envoyproxy/envoy@${digest}`, envoy],
    [`registry.example/envoy:v1@${digest}`, envoy],
    ['registry.example/auto', 'auto'],
    [`registry.example/envoy@${digest}`, `envoyproxy/envoy@${digest}`],
    [`envoy:v1@${digest}`, `envoyproxy/envoy:v1@${digest}`],
  ] as const) {
    it(`is ${image} for ${original}`, () => {
      expect(isMirrorOf(image, original)).to.equal(true);
    });
  }

  for (const [image, original] of [
    ['envoyproxy/envoy:v2', envoy],
    ['envoyproxy/envoy', envoy],
    ['envoyproxy/envoy:latest', 'envoyproxy/envoy'],
    ['registry.example/other:v1', envoy],
    ['registry.example/envoy-evil:v1', envoy],
    ['registry.example/envoy:v1/evil:v1', envoy],
    [`envoy:v2@${digest}`, envoy],
    [`envoyproxy/envoy@${other}`, `envoyproxy/envoy@${digest}`],
    ['envoyproxy/envoy:v1', `envoyproxy/envoy:v1@${digest}`],
    [' envoyproxy/envoy:v1', envoy],
    ['', envoy],
    ['undefined', envoy],
    [`envoyproxy/envoy:v1@${digest}@${digest}`, envoy],
  ] as const) {
    it(`is not ${JSON.stringify(image)} for ${original}`, () => {
      expect(isMirrorOf(image, original)).to.equal(false);
    });
  }
});
