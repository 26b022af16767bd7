import { expect } from 'chai';
import fc from 'fast-check';
import { defaults } from '../../settings/settings.ts';
import { formatRulesSettings, table } from '../../settings/table.ts';
import { texts } from './texts.ts';

describe('the table of settings', () => {
  it('holds the settings of the contract, and each once', () => {
    expect(table.map(({ key }) => key)).to.deep.equal(Object.keys(texts));
    expect(new Set(table.map(({ field }) => field)).size).to.equal(Object.keys(defaults).length);
  });

  for (const { key, parse, format } of table) {
    it(`reads back what it writes for ${key}`, () => {
      fc.assert(
        fc.property(texts[key] ?? fc.constant('no texts for this setting'), (text) => {
          const first = parse(text);
          if (!first.ok) throw new Error(`${JSON.stringify(text)}: expected ${first.expected}`);
          const written = format(first.value);
          expect(parse(written)).to.deep.equal(first);
          const second = parse(written);
          expect(second.ok && format(second.value)).to.equal(written);
        }),
      );
    });

    it(`never throws for ${key}, whatever the text`, () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), (text) => {
          expect(parse(text)).to.have.property('ok').that.is.a('boolean');
        }),
      );
    });
  }

  for (const { key, field, parse, format } of table) {
    it(`gives ${key} a default that it can write and read`, () => {
      expect(parse(format(defaults[field]))).to.deep.equal({ ok: true, value: defaults[field] });
    });
  }

  for (const [key, bad] of [
    ['ip-families', ['', 'IPv4', 'both']],
    ['proxy-log-level', ['', 'warn', 'INFO', 'verbose']],
    ['access-log', ['', 'on', 'JSON', 'true']],
    [
      'tracing-endpoint',
      [' ', 'collector', 'collector:', ':4317', 'http://collector:4317', 'a b:4317', '*:1'],
    ],
    ['tracing-endpoint', ['10.0.0.7:0', '10.0.0.7:65536', '10.0.0.300:4317', 'fd00::7:4317', '[fd00::7]']],
    [
      'tracing-endpoint',
      ['[fe80::1%eth0]:4317', '[collector]:4317', '-a:4317', 'a..b:4317', 'a:4317,b:4317'],
    ],
    ['tracing-sampling', ['', '-1', '100.1', '101', '1%', '.5', '1.', '0.00001', '1e1']],
    ['proxy-concurrency', [' ', '0', '129', '1.5', '-1', '01']],
    [
      'exclude-interfaces',
      ['*', 'eth+', 'x'.repeat(16), 'a b', '!a', '-j', '..', 'eth0,', 'a/b', 'eth0@if5'],
    ],
    ['virtual-interfaces', ['tun0;']],
    ['exclude-uids', ['root', '-1', '4294967295', '1,']],
    ['exclude-gids', ['4294967295']],
    ['proxy-gid', ['0', 'proxy']],
    ['drop-invalid', ['', 'yes', 'True']],
    ['allow-uncaptured-family', ['', '1']],
    ['redirect-mode', ['', 'TPROXY']],
    ['outbound-policy', ['', 'allow']],
    [
      'inbound-protocol',
      [
        '8080',
        '8080=',
        '=http',
        '8080=HTTP',
        '8080=https',
        '8080:http',
        '0=http',
        '65536=tcp',
        '80=http=http',
      ],
    ],
    ['inbound-protocol', ['80=http,80=tcp', '80=http,080=http', '80=http,', '80-81=http', '*=http', '*']],
    ['allow-outbound-cidrs', ['*', '10.0.0.1', '10.0.0.0/33', '10.0.0.0/8,']],
    [
      'allow-outbound-hosts',
      [
        '*',
        '*.',
        'a..example',
        'a.example.',
        '-a.example',
        'a*.example',
        '*.*.example',
        'a.example:',
        'a.example:0',
      ],
    ],
    [
      'allow-outbound-hosts',
      ['192.0.2.1', '192.0.2.1:80', '[::1]:80', 'http://a.example', 'a.example/b', 'a'.repeat(64)],
    ],
    // 17 ports.
    [
      'allow-outbound-hosts',
      ['1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17'.replaceAll(/\d+/g, 'a.example:$&')],
    ],
    ['allow-unconfined-containers', ['', 'yes']],
    ['proxy-uid', ['', ' ', '1,', '1,0', '*']],
    ['proxy-ephemeral-storage', [' ', '0', '1GB', '-1']],
    ['proxy-ephemeral-storage-limit', ['none']],
    ['drain-seconds', ['', '-1', '1.5', '05', '30s', '86401']],
  ] as const) {
    for (const text of bad) {
      it(`refuses ${JSON.stringify(text)} for ${key}`, () => {
        const setting = table.find((one) => one.key === key);
        expect(setting?.parse(text)).to.have.property('ok', false);
      });
    }
  }
});

describe("the rules' settings", () => {
  it('are exactly those that shape the rules, in the order of the table', () => {
    expect(JSON.stringify(formatRulesSettings(defaults))).to.equal(
      '{"outbound-port":"15001","inbound-port":"15006","ip-families":"auto",' +
        '"include-outbound-cidrs":"*","exclude-outbound-cidrs":"",' +
        '"include-outbound-ports":"","exclude-outbound-ports":"",' +
        '"include-inbound-ports":"*","exclude-inbound-ports":"","exclude-inbound-cidrs":"",' +
        '"exclude-interfaces":"","virtual-interfaces":"","exclude-uids":"","exclude-gids":"",' +
        '"drop-invalid":"false","redirect-mode":"redirect","outbound-policy":"allow-any",' +
        '"allow-uncaptured-family":"false","proxy-uid":"51337","proxy-gid":""}',
    );
  });
});
