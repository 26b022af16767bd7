import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { renderAccessLog, renderRequestLog } from '../../proxy/access-log.ts';
import { type ArgumentsInput, renderArguments } from '../../proxy/arguments.ts';
import { renderBootstrap } from '../../proxy/bootstrap.ts';
import { port } from '../../settings/port.ts';

const stdout = (format: object) => ({
  access_log: [
    {
      name: 'envoy.access_loggers.stdout',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog',
        log_format: format,
      },
    },
  ],
});

type JsonFormat = { readonly json_format: Readonly<Record<string, string>> };
interface Chain {
  readonly name?: string;
  readonly filters: readonly { readonly typed_config: { readonly access_log?: object } }[];
}

const json = stdout({
  json_format: {
    direction: 'outbound',
    start_time: '%START_TIME%',
    source: '%DOWNSTREAM_REMOTE_ADDRESS%',
    original_destination: '%DOWNSTREAM_LOCAL_ADDRESS%',
    chain: '%FILTER_CHAIN_NAME%',
    cluster: '%UPSTREAM_CLUSTER%',
    upstream_local_address: '%UPSTREAM_LOCAL_ADDRESS%',
    upstream_remote_address: '%UPSTREAM_REMOTE_ADDRESS%',
    bytes_received: '%BYTES_RECEIVED%',
    bytes_sent: '%BYTES_SENT%',
    duration_ms: '%DURATION%',
    response_flags: '%RESPONSE_FLAGS%',
    failure: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  },
});

const text = stdout({
  text_format_source: {
    inline_string:
      'direction=inbound start_time=%START_TIME% source=%DOWNSTREAM_REMOTE_ADDRESS% ' +
      'original_destination=%DOWNSTREAM_LOCAL_ADDRESS% chain=%FILTER_CHAIN_NAME% cluster=%UPSTREAM_CLUSTER% ' +
      'upstream_local_address=%UPSTREAM_LOCAL_ADDRESS% upstream_remote_address=%UPSTREAM_REMOTE_ADDRESS% ' +
      'bytes_received=%BYTES_RECEIVED% bytes_sent=%BYTES_SENT% duration_ms=%DURATION% ' +
      'response_flags=%RESPONSE_FLAGS% failure=%UPSTREAM_TRANSPORT_FAILURE_REASON%\n',
  },
});

const input: ArgumentsInput = {
  outboundPort: port(15001),
  inboundPort: port(15006),
  families: ['ipv4'],
  adminSocket: '/run/outrider/admin.sock',
  probes: [{ address: '$(POD_IP)', port: port(8080), periodSeconds: 10, timeoutSeconds: 1 }],
  logLevel: 'warning',
  concurrency: 2,
  node: { id: 'web.shop', cluster: 'shop' },
};

describe('the access log', () => {
  it('is nothing where it is off', () => {
    expect(renderAccessLog('off', 'inbound')).to.deep.equal({});
  });

  it('goes to stdout as JSON, by names of our own', () => {
    expect(renderAccessLog('json', 'outbound')).to.deep.equal(json);
  });

  it('goes to stdout as one line of text, with the same names', () => {
    expect(renderAccessLog('text', 'inbound')).to.deep.equal(text);
  });

  it('has more fields for a request, of which the last are what the client wrote', () => {
    const { json_format } = (json.access_log[0] as unknown as { typed_config: { log_format: JsonFormat } })
      .typed_config.log_format;
    const more = {
      protocol: '%PROTOCOL%',
      response_code: '%RESPONSE_CODE%',
      response_code_details: '%RESPONSE_CODE_DETAILS%',
      grpc_status: '%GRPC_STATUS%',
      method: '%REQ(:METHOD)%',
      authority: '%REQ(:AUTHORITY)%',
      path: '%PATH(NQ)%',
      traceparent: '%REQ(TRACEPARENT)%',
    };
    const expected = stdout({ json_format: { ...json_format, ...more } });
    expect(renderRequestLog('json', 'outbound')).to.deep.equal(expected);
    expect(renderRequestLog('off', 'outbound')).to.deep.equal({});
  });

  it('has the fields that the documentation names, in its order', () => {
    const page = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8');
    const [, section = ''] = /\n## The access log\n(.*?)(?=\n## |$)/s.exec(page) ?? [];
    const documented = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    const namesOf = (log: object) => [...JSON.stringify(log).matchAll(/(\w+)=/g)].map(([, name]) => name);
    expect(namesOf(renderRequestLog('text', 'inbound'))).to.deep.equal(documented);
    const ofConnections = documented.slice(0, documented.indexOf('protocol'));
    expect(namesOf(renderAccessLog('text', 'inbound'))).to.deep.equal(ofConnections);
  });

  it("is of the capture listeners, and not of the proxy's own", () => {
    const { static_resources } = renderBootstrap({ ...input, accessLog: 'json' }) as unknown as {
      static_resources: { listeners: readonly { name: string; access_log?: object }[] };
    };
    const logged = static_resources.listeners.filter(({ access_log }) => access_log !== undefined);
    expect(logged.map(({ name }) => name)).to.deep.equal(['virtualOutbound', 'virtualInbound']);
    expect({ access_log: logged[0]?.access_log }).to.deep.equal(json);
  });

  it('is of the connection managers of declared HTTP, in both directions', () => {
    const rendered = renderBootstrap({
      ...input,
      accessLog: 'json',
      httpPorts: [{ port: port(8080), protocol: 'http' }],
      outbound: {
        kind: 'blackhole',
        allowedCidrs: [],
        allowedPorts: [{ port: port(80), names: ['a.example'] }],
      },
    });
    const { static_resources } = rendered as unknown as {
      static_resources: { listeners: readonly { filter_chains: readonly Chain[] }[] };
    };
    const chains = static_resources.listeners.flatMap(({ filter_chains }) => filter_chains);
    const logs = ['inbound|8080||', 'virtualOutbound-allowed-hosts-http-80'].map(
      (wanted) => chains.find(({ name }) => name === wanted)?.filters.at(-1)?.typed_config.access_log,
    );
    expect(logs).to.deep.equal([
      renderRequestLog('json', 'inbound').access_log,
      renderRequestLog('json', 'outbound').access_log,
    ]);
  });

  it('is written within a second', () => {
    const logged = renderArguments({ ...input, accessLog: 'text' });
    expect(logged.slice(-2)).to.deep.equal(['--file-flush-interval-msec', '1000']);
    expect(renderArguments({ ...input, accessLog: 'off' })).not.to.include('--file-flush-interval-msec');
  });
});
