import { expect } from 'chai';
import type { CommandName } from '../../init/flags.ts';
import { InitError } from '../../init/init-error.ts';
import { type Environment, type Options, parseOptions } from '../../init/options.ts';
import { defaults } from '../../settings/settings.ts';
import { formatRulesSettings } from '../../settings/table.ts';

function parse(
  flags: Record<string, string>,
  env: Environment = {},
  command: CommandName = 'apply',
): Options {
  return parseOptions(command, new Map(Object.entries(flags)), env);
}

function errorsOf(...args: Parameters<typeof parse>): readonly string[] {
  try {
    parse(...args);
  } catch (error) {
    if (error instanceof InitError && error.exitCode === 2) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('The options', () => {
  it('are the defaults without flags and variables', () => {
    expect(parse({})).to.deep.equal({
      settings: defaults,
      origins: new Map(),
      waitProxy: 0,
      wait: 5,
      backend: 'auto',
      output: 'text',
      dryRun: false,
      validate: false,
    });
  });

  it('come from a flag before a variable before OUTRIDER_CONFIG', () => {
    const config = { 'outbound-port': '1', 'inbound-port': '2', 'proxy-uid': '3' };
    const env = {
      OUTRIDER_CONFIG: JSON.stringify(config),
      OUTRIDER_INBOUND_PORT: '20',
      OUTRIDER_PROXY_UID: '30',
      OUTRIDER_WAIT: '7',
      OUTRIDER_OUTPUT: 'json',
      OUTRIDER_DRY_RUN: 'true',
    };
    const { settings, origins, ...rest } = parse({ 'proxy-uid': '300,301', wait: '8' }, env);
    expect(settings).to.deep.include({ outboundPort: 1, inboundPort: 20, proxyUids: [300, 301] });
    expect(Object.fromEntries(origins)).to.deep.equal({
      'outbound-port': { source: 'OUTRIDER_CONFIG', name: 'outbound-port' },
      'inbound-port': { source: 'variable', name: 'OUTRIDER_INBOUND_PORT' },
      'proxy-uid': { source: 'flag', name: '--proxy-uid' },
    });
    expect(rest).to.deep.equal({
      waitProxy: 0,
      wait: 8,
      backend: 'auto',
      output: 'json',
      dryRun: true,
      validate: false,
    });
  });

  it('take as OUTRIDER_CONFIG what formatRulesSettings gives', () => {
    const { settings } = parse({ 'exclude-outbound-cidrs': '10.0.0.0/8,fd00::/8', 'ip-families': 'dual' });
    const config = JSON.stringify(formatRulesSettings(settings));
    expect(parse({}, { OUTRIDER_CONFIG: config }).settings).to.deep.equal(settings);
  });

  it('are refused all at once, each by its name, value and what was expected', () => {
    const env = {
      OUTRIDER_CONFIG: '{"exclude-outbound-cidr":"10.0.0.0/8","inbound-port":15006,"proxy-cpu":"1"}',
      OUTRIDER_EXCLUDE_OUTBOUND_CIDRS: '10.0.0.1',
      OUTRIDER_DRY_RUN: 'yes',
    };
    const flags = {
      'outbound-port': '65536',
      'proxy-uid': '0',
      wait: '1.5',
      'wait-proxy': '-1',
      output: 'xml',
    };
    expect(errorsOf(flags, env)).to.have.members([
      'OUTRIDER_CONFIG exclude-outbound-cidr: "10.0.0.0/8" is not valid: expected a known setting: did you mean exclude-outbound-cidrs?',
      'OUTRIDER_CONFIG inbound-port: "15006" is not valid: expected a text',
      'OUTRIDER_CONFIG proxy-cpu: "1" is not valid: expected a known setting: did you mean proxy-uid?',
      'variable OUTRIDER_EXCLUDE_OUTBOUND_CIDRS: "10.0.0.1" is not valid: expected * or a list of CIDRs with a prefix length, such as 10.0.0.0/8 or fd00::/8',
      'variable OUTRIDER_DRY_RUN: "yes" is not valid: expected one of true, false',
      'flag --outbound-port: "65536" is not valid: expected a port from 1 to 65535',
      'flag --proxy-uid: "0" is not valid: expected a numeric user id from 1 to 4294967294',
      'flag --wait: "1.5" is not valid: expected whole seconds, such as 5',
      'flag --wait-proxy: "-1" is not valid: expected seconds, such as 60 or 0.5',
      'flag --output: "xml" is not valid: expected one of text, json',
    ]);
  });

  for (const text of ['', '[]', 'null', '"a"', '{"a":']) {
    it(`refuse ${JSON.stringify(text)} as OUTRIDER_CONFIG`, () => {
      expect(errorsOf({}, { OUTRIDER_CONFIG: text })).to.have.length(1);
    });
  }

  it('refuse one port for both directions', () => {
    expect(errorsOf({ 'inbound-port': '15001' })).to.have.length(1);
  });

  it('ignore what the kubelet sets for a Service named outrider-inbound', () => {
    const env = { OUTRIDER_INBOUND_PORT: 'tcp://10.96.0.9:80' };
    expect(parse({}, env).settings).to.deep.equal(defaults);
  });

  it('of cleanup do not depend on the settings, good or bad', () => {
    const env = { OUTRIDER_CONFIG: '{', OUTRIDER_PROXY_UID: 'x', OUTRIDER_WAIT: '1' };
    expect(parse({}, env, 'cleanup')).to.deep.include({ settings: defaults, wait: 1 });
  });
});
