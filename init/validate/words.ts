import type { Block } from '../../settings/block.ts';
import { passthroughSource } from '../../settings/names.ts';
import type { Connection } from '../trace/path.ts';
import type { Proof, Seen } from './probe.ts';

/** `192.0.2.2:80 as uid 51337`, `[2001:db8::2]:80 from 2001:db8::1`; root's own is not mentioned. */
export function describeConnection({ source, destination, port, from }: Connection): string {
  const to = endpoint(destination, port);
  if (from.kind === 'peer') return `${to} from ${source?.text}`;
  const passed = source?.text === passthroughSource[destination.family];
  const who = [
    ...(from.uid === 0 ? [] : [`uid ${from.uid}`]),
    ...(from.gid === 0 ? [] : [`gid ${from.gid}`]),
  ];
  return [
    to,
    ...(passed ? [`from ${source.text}`] : []),
    ...(who.length > 0 ? [`as ${who.join(', ')}`] : []),
  ].join(' ');
}

const endpoint = ({ family, text }: Block, port: number): string =>
  family === 'ipv6' ? `[${text}]:${port}` : `${text}:${port}`;

export function describeSeen(seen: Seen): string {
  switch (seen.kind) {
    case 'taken':
      return `reached ${seen.port}`;
    case 'wire':
      return 'went out as it was made';
    case 'refused':
      return 'was refused';
    case 'silent':
      return 'got no answer';
    case 'vanished':
      return 'was accepted and closed at once';
    case 'failed':
      return `failed with ${seen.error}`;
    case 'impossible':
      return seen.reason;
  }
}

/** One line for a person. */
export function describeProof(proof: Proof): string {
  const { family, path, setting, connection } = proof;
  const subject = `${family}: ${path}${setting === undefined ? '' : ` (${setting})`}`;
  const made = connection === undefined ? subject : `${subject}: ${connection}`;
  switch (proof.outcome) {
    case 'proven':
      return `${made} ${proof.seen}: proven`;
    case 'failed':
      return `${made} was expected ${proof.expected} and ${proof.seen}; likely cause: ${proof.cause}`;
    case 'unprovable':
      return `${made}: not provable here: ${proof.reason}`;
  }
}
