import type { Block } from '../../settings/block.ts';
import type { Settings } from '../../settings/settings.ts';
import { likelyCause } from './likely-cause.ts';
import type { Probe, Proof, Seen } from './probe.ts';
import type { Listening } from './socket-table.ts';
import { describeConnection, describeSeen } from './words.ts';

/** What is known of the pod beside the connection. */
export interface Circumstances {
  readonly settings: Pick<Settings, 'outboundPort' | 'inboundPort' | 'redirectMode'>;
  readonly listening: Listening;
  readonly isLocal: (address: Block) => boolean;
}

/**
 * Whether what was seen is what the rules should do.
 *
 * | expected | connection     | proven by                                                     |
 * | -------- | -------------- | ------------------------------------------------------------- |
 * | outbound | any            | taken by the outbound port                                    |
 * | inbound  | any            | taken by the inbound port                                     |
 * | inbound  | peer's, TPROXY | taken by its own port, where nobody listens                   |
 * | direct   | to the outside | on the wire                                                   |
 * | direct   | to the pod     | taken by its own port, or refused where nobody listens on it  |
 */
export function judge(probe: Probe, seen: Seen, circumstances: Circumstances): Proof {
  const { family, path, setting, connection, expected } = probe;
  const subject = {
    ...{ family, path },
    ...(setting !== undefined && { setting }),
    connection: describeConnection(connection),
  };
  if (seen.kind === 'impossible') return { ...subject, outcome: 'unprovable', reason: seen.reason };
  const { listening, isLocal, settings } = circumstances;
  const { port, destination, from } = connection;
  const transparent = from.kind === 'peer' && settings.redirectMode === 'tproxy';
  if (transparent && seen.kind === 'taken' && seen.port === port && listening.possible.has(port)) {
    const reason = `something listens on ${port}, and with TPROXY nothing tells which of the two took it`;
    return { ...subject, outcome: 'unprovable', reason };
  }
  const captor = { outbound: settings.outboundPort, inbound: settings.inboundPort, direct: undefined }[
    expected
  ];
  const taker = captor !== undefined && transparent ? port : captor;
  const proven =
    taker !== undefined
      ? seen.kind === 'taken' && seen.port === taker
      : isLocal(destination)
        ? isTakenAsMade(seen, port, listening)
        : seen.kind === 'wire';
  if (proven) {
    const words = transparent && captor !== undefined ? 'was taken where nobody listens' : describeSeen(seen);
    return { ...subject, outcome: 'proven', seen: words };
  }
  return {
    ...subject,
    outcome: 'failed',
    expected: captor === undefined ? 'to be left alone' : `to reach ${captor}`,
    seen: describeSeen(seen),
    cause: likelyCause(seen, captor, listening),
  };
}

/** With TPROXY, a port on which nobody listens takes what was captured. */
const isTakenAsMade = (seen: Seen, port: number, listening: Listening): boolean =>
  seen.kind === 'taken'
    ? seen.port === port && listening.possible.has(port)
    : seen.kind === 'refused' && !listening.certain.has(port);
