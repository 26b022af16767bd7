import { expect } from 'chai';
import { parseImage } from '../../settings/image.ts';

const sha256 = `sha256:${'0f'.repeat(32)}`;

describe('an image', () => {
  for (const [what, text] of [
    ['a name alone', 'envoy'],
    ['a repository with a tag', 'envoyproxy/envoy:distroless-v1.40.0'],
    ['a digest', `envoyproxy/envoy@${sha256}`],
    ['a tag and a digest', `envoyproxy/envoy:v1.40.0@${sha256}`],
    ['a registry', 'registry.example/mesh/envoy:v1'],
    ['a registry with a port', 'localhost:5000/envoy'],
    ['a registry in capitals with a port', 'Registry.Example:5000/mesh/envoy:V1_x'],
    ['a registry by its IPv4 address', '10.0.0.7:5000/envoy:1'],
    ['a registry by its IPv6 address', '[fd00::7]:5000/envoy:1'],
    ['a deep path with separators', 'r.example/a/b_c/d__e/f-g/h--i/j.k:1'],
    ['a tag of 128 characters', `envoy:${'t'.repeat(128)}`],
    ['a name of 255 characters', `${'a'.repeat(255)}:1`],
  ] as const) {
    it(`may be ${what}`, () => {
      expect(parseImage(text)).to.deep.equal({ ok: true, value: text });
    });
  }

  for (const [what, text] of [
    ['nothing', ''],
    ['a repository in capitals', 'Envoy'],
    ['a path in capitals', 'registry.example/Mesh/envoy'],
    ['an empty tag', 'envoy:'],
    ['two tags', 'envoy:1:2'],
    ['a tag of 129 characters', `envoy:${'t'.repeat(129)}`],
    ['a tag that begins with a dot', 'envoy:.1'],
    ['an empty path', 'registry.example//envoy'],
    ['a slash at the end', 'registry.example/envoy/'],
    ['a slash at the start', '/envoy'],
    ['a triple underscore', 'a___b'],
    ['a digest that is short', 'envoy@sha256:0f0f'],
    ['a digest in capitals', `envoy@sha256:${'0F'.repeat(32)}`],
    ['a digest of an unknown kind', `envoy@md5:${'0f'.repeat(16)}`],
    ['a name of 256 characters', 'a'.repeat(256)],
    ['a URL', 'https://registry.example/envoy'],
    ['a space', 'envoy 1'],
    ['a line break at the end', 'envoy\n'],
    ['a variable of the kubelet', '$(IMAGE)'],
  ] as const) {
    it(`may not be ${what}: ${JSON.stringify(text.slice(0, 40))}`, () => {
      expect(parseImage(text)).to.deep.equal({
        ok: false,
        expected: 'an image reference such as envoyproxy/envoy:distroless-v1.40.0',
      });
    });
  }

  it('is refused at once, however long and ambiguous its text is', () => {
    const started = performance.now();
    for (const unit of ['a', 'a.', 'a-', 'a:', 'a/', '__', ':/-.', 'A']) {
      expect(parseImage(`${unit.repeat(10_000)}!`), unit).to.have.property('ok', false);
      expect(parseImage(`${unit.repeat(250 / unit.length)}!`), unit).to.have.property('ok', false);
    }
    expect(performance.now() - started).to.be.below(100);
  });
});
