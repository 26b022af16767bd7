import { networkInterfaces } from 'node:os';
import type { Block } from '../../settings/block.ts';
import { familiesOf } from '../../settings/settings.ts';
import { exitCode } from '../exit-code.ts';
import { readResolvers } from '../host.ts';
import { InitError } from '../init-error.ts';
import type { Options } from '../options.ts';
import type { Report } from '../report.ts';
import { rulesOf } from '../rules/rules.ts';
import { answer } from './answer.ts';
import { answerJson, drawAnswer } from './drawing.ts';
import { parseDump } from './dump.ts';
import { readDump } from './dump-file.ts';
import type { Endpoint } from './flags.ts';
import { hostAddresses, isLocalTo, sourceOf } from './host-addresses.ts';
import type { Connection } from './path.ts';
import { type Ruleset, rulesetOf } from './ruleset.ts';

/**
 * Tells where a connection would go, and by which rule, without the kernel.
 * @throws InitError `usage`
 */
export function trace(options: Options): Report {
  const { to } = options;
  if (to === undefined) throw new InitError('usage', 'flag --to is needed: --to 10.0.0.1:80');
  const wrong = contradictions(options, to);
  if (wrong.length > 0) throw new InitError('usage', wrong.join('\n'));
  const own = options.ownAddresses ?? hostAddresses(networkInterfaces());
  const isLocal = isLocalTo(own);
  const connection = connectionOf(options, to, own);
  const found = answer(rulesetFor(options, to), connection, options.settings, isLocal);
  const lines =
    options.output === 'json'
      ? [JSON.stringify(answerJson(found, connection))]
      : drawAnswer(found, connection);
  return { text: `${lines.join('\n')}\n`, exitCode: exitCode.done };
}

function contradictions(options: Options, to: Endpoint): readonly string[] {
  const { fromPeer, uid, gid, outInterface, inInterface, source } = options;
  const here = [
    ...(uid === undefined ? [] : ['--uid']),
    ...(gid === undefined ? [] : ['--gid']),
    ...(outInterface === undefined ? [] : ['--out-interface']),
  ];
  return [
    ...(fromPeer ? here.map((flag) => `flag ${flag}: a peer's connection has none`) : []),
    ...(!fromPeer && inInterface !== undefined ? ['flag --in-interface: goes with --from-peer alone'] : []),
    ...(source !== undefined && source.family !== to.address.family
      ? [`flag --source: ${source.text} and ${to.address.text} are not of one family`]
      : []),
  ];
}

/** `auto` captures each family that the pod has. */
function rulesetFor({ from, settings }: Options, to: Endpoint): Ruleset {
  const { family } = to.address;
  if (from !== undefined) {
    const dump = parseDump(readDump(from));
    if (dump.family === undefined || dump.family === family) return dump.ruleset;
    throw new InitError('usage', `flag --from: ${from} holds rules of ${dump.family}, --to is of ${family}`);
  }
  const { ipFamilies } = settings;
  const captured = ipFamilies === 'auto' || familiesOf(ipFamilies).includes(family);
  return rulesetOf(rulesOf(settings, captured ? [family] : [], readResolvers())(family));
}

function connectionOf(options: Options, to: Endpoint, own: readonly Block[]): Connection {
  const { fromPeer, uid = 0, gid = 0, outInterface = 'eth0', inInterface, protocol = 'tcp' } = options;
  const { address, port } = to;
  const common = { protocol, destination: address, port };
  if (!fromPeer) {
    const source = options.source ?? sourceOf(address, own);
    return { ...common, source, from: { kind: 'pod', uid, gid, outInterface } };
  }
  // What comes by an interface of its own may be a guest's, which the pod forwards.
  const toPod = inInterface === undefined || isLocalTo(own)(address);
  return {
    ...common,
    source: options.source,
    from: { kind: 'peer', inInterface: inInterface ?? 'eth0', toPod },
  };
}
