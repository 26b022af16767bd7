import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type ArgumentsInput, renderArguments } from '../../proxy/arguments.ts';
import { port } from '../../settings/port.ts';

const input: ArgumentsInput = {
  outboundPort: port(15001),
  inboundPort: port(15006),
  families: ['ipv4'],
  adminSocket: '/run/outrider/admin.sock',
  memoryLimit: 256 * 2 ** 20,
  logLevel: 'warning',
  concurrency: 2,
  node: { id: '$(POD_NAME).$(POD_NAMESPACE)', cluster: '$(POD_NAMESPACE)' },
};

describe("Envoy's arguments", () => {
  it('are the bootstrap, the names of the node, no hot restart, log level and workers', () => {
    const [flag, bootstrap, ...rest] = renderArguments(input);
    const golden = readFileSync(new URL('golden/ipv4.json', import.meta.url), 'utf8');
    expect(flag).to.equal('--config-yaml');
    expect(JSON.parse(bootstrap ?? '')).to.deep.equal(JSON.parse(golden));
    expect(rest).to.deep.equal([
      '--service-node',
      '$(POD_NAME).$(POD_NAMESPACE)',
      '--service-cluster',
      '$(POD_NAMESPACE)',
      '--disable-hot-restart',
      '--log-level',
      'warning',
      '--concurrency',
      '2',
    ]);
  });

  it('carry the bootstrap on one line, without blanks between its tokens', () => {
    const [, bootstrap = ''] = renderArguments(input);
    expect(bootstrap).to.match(/^\{"admin":\{"address":\{"pipe":\{"path":"\/run\/outrider\/admin\.sock"/);
    expect(bootstrap).not.to.include('\n');
  });

  it('follow log level and workers', () => {
    const rendered = renderArguments({ ...input, logLevel: 'trace', concurrency: 8 });
    expect(rendered.slice(-4)).to.deep.equal(['--log-level', 'trace', '--concurrency', '8']);
  });

  it('keep out of the log what Envoy says of allowed hosts at each start, unless more is asked for', () => {
    const outbound = {
      kind: 'blackhole',
      allowedCidrs: [],
      allowedPorts: [{ port: port(443), names: ['a.example'] }],
    } as const;
    const quiet = ['--component-log-level', 'misc:error'];
    expect(renderArguments({ ...input, outbound }).slice(-2)).to.deep.equal(quiet);
    expect(renderArguments({ ...input, outbound, logLevel: 'info' })).not.to.include('--component-log-level');
    const noHosts = { ...outbound, allowedPorts: [] };
    expect(renderArguments({ ...input, outbound: noHosts })).not.to.include('--component-log-level');
  });

  it('double each $ of the bootstrap, which the kubelet would read as a variable', () => {
    const [, bootstrap = ''] = renderArguments({ ...input, adminSocket: '/run/$(HOME)/$$/a$' });
    expect(bootstrap).to.include('{"path":"/run/$$(HOME)/$$$$/a$$","mode":384}');
  });

  it('are the same for the same input', () => {
    expect(renderArguments(input)).to.deep.equal(renderArguments({ ...input }));
  });
});
