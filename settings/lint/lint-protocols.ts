import { isCapturedInbound } from '../inbound-capture.ts';
import { ownPorts } from '../names.ts';
import { formatDeclaredPort } from '../protocol.ts';
import type { Settings } from '../settings.ts';
import type { Finding } from './finding.ts';

/** Protocols of ports that no inbound connection reaches through the proxy. */
export function lintProtocols(settings: Settings): readonly Finding[] {
  const proxys: readonly number[] = [...ownPorts, settings.inboundPort];
  return settings.inboundProtocol.flatMap((declared) => {
    const { port } = declared;
    const why = proxys.includes(port)
      ? 'a port of the proxy itself'
      : isCapturedInbound(port, settings)
        ? undefined
        : `port ${port} is not captured inbound`;
    return why === undefined
      ? []
      : [{ setting: 'inbound-protocol', value: formatDeclaredPort(declared), why }];
  });
}
