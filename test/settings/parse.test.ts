import { expect } from 'chai';
import { describeError, type Layer, parseSettings } from '../../settings/parse.ts';
import { defaults } from '../../settings/settings.ts';

function layer(source: string, texts: Readonly<Record<string, string>>): Layer {
  return {
    source,
    values: Object.entries(texts).map(([key, text]) => ({ key, name: `outrider.io/${key}`, text })),
  };
}

const parse = (...layers: Layer[]) => parseSettings(layers, ['annotation']);
const parsePod = (texts: Readonly<Record<string, string>>) => parse(layer('pod', texts));

function errorsOf(result: ReturnType<typeof parseSettings>) {
  if (result.ok) throw new Error('expected errors');
  return result.errors;
}

function settingsOf(result: ReturnType<typeof parseSettings>) {
  if (!result.ok) throw new Error(result.errors.map(describeError).join('; '));
  return result.settings;
}

describe('settings', () => {
  it('are the defaults where nothing is given', () => {
    expect(settingsOf(parse())).to.deep.equal(defaults);
  });

  it('capture all outbound addresses and all inbound ports by default, and exclude nothing', () => {
    expect(defaults).to.deep.include({
      includeOutboundCidrs: { kind: 'all' },
      includeInboundPorts: { kind: 'all' },
      includeOutboundPorts: { kind: 'list', items: [] },
      excludeOutboundCidrs: { kind: 'list', items: [] },
      excludeOutboundPorts: { kind: 'list', items: [] },
      excludeInboundPorts: { kind: 'list', items: [] },
      outboundPort: 15001,
      inboundPort: 15006,
      proxyUids: [51337],
      proxyImage: 'envoyproxy/envoy:distroless-v1.40.0',
    });
  });

  it('come from the last layer that gives them, each by itself', () => {
    const result = parse(
      layer('ConfigMap', { 'proxy-log-level': 'debug', 'proxy-concurrency': '4', 'proxy-uid': '1001' }),
      layer('namespace', { 'proxy-log-level': 'info', 'proxy-concurrency': '8' }),
      layer('pod', { 'proxy-log-level': 'error' }),
    );
    expect(settingsOf(result)).to.deep.equal({
      ...defaults,
      proxyLogLevel: 'error',
      proxyConcurrency: 8,
      proxyUids: [1001],
    });
  });

  it('keep the defaults of their siblings: a CPU request leaves limit and memory as they are', () => {
    const { proxyCpu, ...others } = settingsOf(parsePod({ 'proxy-cpu': '250m' }));
    const { proxyCpu: _, ...unchanged } = defaults;
    expect(proxyCpu.text).to.equal('250m');
    expect(others).to.deep.equal(unchanged);
  });

  it('replace a list, and do not add to it', () => {
    const result = parse(
      layer('namespace', { 'exclude-outbound-ports': '25,587' }),
      layer('pod', { 'exclude-outbound-ports': '6379' }),
    );
    expect(settingsOf(result).excludeOutboundPorts).to.deep.equal({
      kind: 'list',
      items: [{ first: 6379, last: 6379 }],
    });
  });

  it('are told apart from a prototype: a key of Object.prototype is unknown', () => {
    const errors = errorsOf(parsePod({ constructor: 'x', ['__proto__']: 'x', toString: 'x' }));
    expect(errors.map(({ name }) => name)).to.deep.equal([
      'outrider.io/constructor',
      'outrider.io/__proto__',
      'outrider.io/toString',
    ]);
  });
});

describe('errors of settings', () => {
  it('come all at once, from every layer, each with its place', () => {
    const result = parse(
      layer('namespace', { 'proxy-cpu': 'lots', 'include-inbound-ports': '*,80' }),
      layer('pod', { 'proxy-uid': '0', 'proxy-colour': 'blue' }),
    );
    expect(errorsOf(result).map(describeError)).to.deep.equal([
      'namespace outrider.io/proxy-cpu: "lots" is not valid: expected a quantity greater than zero, such as 100m or 128Mi',
      'namespace outrider.io/include-inbound-ports: "*,80" is not valid: expected * or a list of ports from 1 to 65535 or ascending ranges such as 8000-8100',
      'pod outrider.io/proxy-uid: "0" is not valid: expected a numeric user id from 1 to 4294967294',
      'pod outrider.io/proxy-colour: "blue" is not valid: expected a known setting: did you mean outrider.io/proxy-cpu?',
    ]);
  });

  it('name the nearest key, also where the key is part of the prefix', () => {
    const suggestions = ['exclude-outbound-prots', 'outrider', 'o'].map(
      (key) => errorsOf(parsePod({ [key]: '' }))[0]?.expected,
    );
    expect(suggestions[0]).to.equal('a known setting: did you mean outrider.io/exclude-outbound-ports?');
    expect(suggestions[1]).to.equal('a known setting: did you mean outrider.io/proxy-uid?');
    expect(suggestions[2]).to.match(/^a known setting: did you mean outrider\.io\/proxy-[a-z-]+\?$/);
  });

  it('take an unknown key for unknown where its setting belongs to the command line', () => {
    expect(errorsOf(parsePod({ 'outbound-port': '15001' }))).to.have.lengthOf(1);
    expect(
      parseSettings([layer('flag', { 'outbound-port': '16001' })], ['annotation', 'command']),
    ).to.have.nested.property('settings.outboundPort', 16001);
  });

  it('take a setting of the proxy for unknown where only those of the rules are wanted', () => {
    const result = parseSettings([layer('flag', { 'proxy-cpu': '1' })], ['annotation', 'command'], ['rules']);
    expect(errorsOf(result)).to.have.lengthOf(1);
  });

  it('keep a hostile number of unknown keys from taking seconds', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => [`${'x'.repeat(50)}${index}`, '']);
    const started = performance.now();
    expect(errorsOf(parsePod(Object.fromEntries(keys)))).to.have.lengthOf(20_000);
    expect(performance.now() - started).to.be.below(1000);
  });

  it('show no more than the start of a long value', () => {
    const [error] = errorsOf(parsePod({ 'proxy-cpu': 'x'.repeat(100_000) }));
    if (error === undefined) throw new Error('expected an error');
    expect(describeError(error)).to.equal(
      `pod outrider.io/proxy-cpu: "${'x'.repeat(80)}…" is not valid: expected a quantity greater than zero, such as 100m or 128Mi`,
    );
  });
});

describe('contradictions of settings', () => {
  for (const [what, texts, name, expected] of [
    [
      'a CPU request above its limit',
      { 'proxy-cpu': '3', 'proxy-cpu-limit': '2500m' },
      'outrider.io/proxy-cpu',
      'a CPU request (3) not above the limit (2500m)',
    ],
    [
      'a CPU request above the default limit',
      { 'proxy-cpu': '2001m' },
      'outrider.io/proxy-cpu',
      'a CPU request (2001m) not above the limit (2 by default)',
    ],
    [
      'a memory limit below the default request',
      { 'proxy-memory-limit': '63Mi' },
      'outrider.io/proxy-memory-limit',
      'a memory request (64Mi by default) not above the limit (63Mi)',
    ],
    [
      'a memory request above its limit in another unit',
      { 'proxy-memory': '1Gi', 'proxy-memory-limit': '1G' },
      'outrider.io/proxy-memory',
      'a memory request (1Gi) not above the limit (1G)',
    ],
    [
      'a request of ephemeral storage above its limit',
      { 'proxy-ephemeral-storage': '2Gi', 'proxy-ephemeral-storage-limit': '1Gi' },
      'outrider.io/proxy-ephemeral-storage',
      'an ephemeral storage request (2Gi) not above the limit (1Gi)',
    ],
  ] as const) {
    it(`are errors: ${what}`, () => {
      const texts_: Readonly<Record<string, string>> = texts;
      expect(errorsOf(parsePod(texts_))).to.deep.equal([
        { source: 'pod', name, text: texts_[name.slice('outrider.io/'.length)], expected },
      ]);
    });
  }

  it('are none for ephemeral storage where one of the two is not given', () => {
    for (const key of ['proxy-ephemeral-storage', 'proxy-ephemeral-storage-limit'])
      expect(parsePod({ [key]: '1Gi' })).to.have.property('ok', true);
  });

  it('are none where request and limit are equal', () => {
    const { proxyMemory, proxyMemoryLimit } = settingsOf(
      parsePod({ 'proxy-memory': '1Gi', 'proxy-memory-limit': '1024Mi' }),
    );
    expect([proxyMemory.text, proxyMemoryLimit.text]).to.deep.equal(['1Gi', '1024Mi']);
  });

  it('come back with the other errors', () => {
    const errors = errorsOf(parsePod({ 'proxy-cpu': '3', 'proxy-uid': 'envoy' }));
    expect(errors.map(({ name }) => name)).to.deep.equal(['outrider.io/proxy-uid', 'outrider.io/proxy-cpu']);
  });

  it('are not made up for a value that could not be read', () => {
    expect(errorsOf(parsePod({ 'proxy-cpu': '3', 'proxy-cpu-limit': 'four' }))).to.have.lengthOf(1);
  });

  it('blame the layer that gave the value', () => {
    const result = parse(layer('namespace', { 'proxy-memory': '1Gi' }), layer('pod', {}));
    expect(errorsOf(result)).to.have.nested.property('[0].source', 'namespace');
  });

  it('blame the strongest layer that gave one of the values: it knew what is below', () => {
    const [below, above] = [{ 'proxy-cpu': '200m' }, { 'proxy-cpu-limit': '100m' }];
    for (const layers of [
      [layer('ConfigMap', below), layer('pod', above)],
      [layer('ConfigMap', above), layer('pod', below)],
    ]) {
      expect(errorsOf(parse(...layers)).map(({ source }) => source)).to.deep.equal(['pod']);
    }
  });

  it('tell where the other value comes from', () => {
    const errors = errorsOf(
      parse(layer('ConfigMap', { 'proxy-cpu': '200m' }), layer('pod', { 'proxy-cpu-limit': '100m' })),
    );
    expect(errors.map(describeError)).to.deep.equal([
      'pod outrider.io/proxy-cpu-limit: "100m" is not valid: expected a CPU request (200m of ConfigMap outrider.io/proxy-cpu) not above the limit (100m)',
    ]);
  });

  it('forbid the same port for inbound and outbound', () => {
    const result = parseSettings([layer('flag', { 'inbound-port': '15001' })], ['command']);
    expect(errorsOf(result).map(({ expected }) => expected)).to.deep.equal([
      'different ports for inbound and outbound',
    ]);
  });
});
