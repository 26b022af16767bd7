import { expect } from 'chai';
import { planApply, planCleanup, planUndo } from '../../../init/iptables/plan.ts';
import { renderLines } from '../../../init/iptables/rule-lines.ts';
import { parseSavedState } from '../../../init/iptables/saved-state.ts';
import { ruleText } from '../../../init/rules/chains.ts';
import type { Table } from '../../../init/rules/rule.ts';
import { rulesFor } from '../../../init/rules/rules.ts';
import { defaults } from '../../../settings/settings.ts';

const wanted = rulesFor(defaults, 'ipv6').flatMap(renderLines);
const linesOf = (table: Table) => wanted.filter((line) => line.table === table).map(ruleText);
const asWanted = ['*nat', ...linesOf('nat'), '*filter', ...linesOf('filter')].join('\n');
const oursOf = (table: Table) => linesOf(table).filter((line) => line.startsWith('-A OUTRIDER_'));
const older = `*nat
:OUTRIDER_OUTPUT - [0:0]
-A OUTPUT -p udp -j OTHER
-A OUTPUT -p tcp -j OUTRIDER_OUTPUT
-A OUTPUT -p tcp -j OUTRIDER_OUTPUT
-A OUTRIDER_OUTPUT -j RETURN
`;
const state = (text: string, passthroughAddress: boolean) =>
  ({
    family: 'ipv6',
    variant: '',
    passthroughAddress,
    routingRules: 0,
    route: false,
    ...parseSavedState(text),
  }) as const;
/** Without the lines that explain. */
const lines = (input: string | undefined) => input?.split('\n').filter((line) => !line.startsWith('#'));

describe('The plan', () => {
  it('has no steps where all is as wanted', () => {
    expect(planApply(wanted, state(asWanted, true), 5)).to.deep.equal([]);
  });

  it('gives the host its passthrough address behind the rules', () => {
    const steps = planApply(wanted, state('', false), 5);
    expect(steps.map(({ command, args }) => [command, ...args].join(' '))).to.deep.equal([
      'ip6tables-restore --noflush -w 5',
      'ip -6 -batch -',
    ]);
    expect(steps[1]?.input).to.equal('addr replace ::6/128 dev lo nodad\n');
    expect(planApply(wanted, state(asWanted, false), 5)).to.have.length(1);
  });

  it('replaces all that is ours in one transaction, and nothing else', () => {
    const [step] = planApply(wanted, state(older, true), 5);
    expect(lines(step?.input)).to.deep.equal([
      '*nat',
      ':OUTRIDER_INBOUND - [0:0]',
      ':OUTRIDER_IN_REDIRECT - [0:0]',
      ':OUTRIDER_OUTPUT - [0:0]',
      ':OUTRIDER_REDIRECT - [0:0]',
      '-D OUTPUT -p tcp -j OUTRIDER_OUTPUT',
      '-D OUTPUT -p tcp -j OUTRIDER_OUTPUT',
      '-I OUTPUT -p tcp -j OUTRIDER_OUTPUT',
      '-I PREROUTING -p tcp -j OUTRIDER_INBOUND',
      ...oursOf('nat'),
      'COMMIT',
      '*filter',
      ':OUTRIDER_STALE - [0:0]',
      '-I OUTPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -m connmark --mark 0x53a -j OUTRIDER_STALE',
      ...oursOf('filter'),
      'COMMIT',
      '',
    ]);
  });

  it('captures inbound traffic in the new table before it stops to do so in the old one', () => {
    const tproxy = rulesFor({ ...defaults, redirectMode: 'tproxy' }, 'ipv6').flatMap(renderLines);
    const [there] = planApply(tproxy, state(asWanted, true), 5);
    expect(there?.input?.match(/^\*\w+/gm)).to.deep.equal(['*raw', '*mangle', '*nat', '*filter']);
    const inMangle = `${asWanted}\n*mangle\n:OUTRIDER_IN_TPROXY - [0:0]\n`;
    const [back] = planApply(wanted, state(inMangle, true), 5);
    expect(back?.input?.match(/^\*\w+/gm)).to.deep.equal(['*nat', '*mangle', '*filter']);
  });

  it('knows the way back to what was there', () => {
    const now = ['INBOUND', 'IN_REDIRECT', 'OUTPUT', 'REDIRECT'].map((name) => `:OUTRIDER_${name} - [0:0]`);
    const [step] = planUndo(
      state(older, true),
      state(['*nat', ...now, ...linesOf('nat')].join('\n'), true),
      5,
    );
    expect(lines(step?.input)).to.deep.equal([
      '*nat',
      ':OUTRIDER_INBOUND - [0:0]',
      ':OUTRIDER_IN_REDIRECT - [0:0]',
      ':OUTRIDER_OUTPUT - [0:0]',
      ':OUTRIDER_REDIRECT - [0:0]',
      '-D PREROUTING -p tcp -j OUTRIDER_INBOUND',
      '-D OUTPUT -p tcp -j OUTRIDER_OUTPUT',
      '-I OUTPUT 2 -p tcp -j OUTRIDER_OUTPUT',
      '-I OUTPUT 3 -p tcp -j OUTRIDER_OUTPUT',
      '-A OUTRIDER_OUTPUT -j RETURN',
      '-X OUTRIDER_INBOUND',
      '-X OUTRIDER_IN_REDIRECT',
      '-X OUTRIDER_REDIRECT',
      'COMMIT',
      '',
    ]);
  });

  it('of a cleanup removes what is there, and has no steps where nothing is', () => {
    const steps = planCleanup(state(older, true), 0);
    expect(lines(steps[1]?.input)).to.deep.equal([
      '*nat',
      ':OUTRIDER_OUTPUT - [0:0]',
      '-D OUTPUT -p tcp -j OUTRIDER_OUTPUT',
      '-D OUTPUT -p tcp -j OUTRIDER_OUTPUT',
      '-X OUTRIDER_OUTPUT',
      'COMMIT',
      '',
    ]);
    expect(steps[0]?.input).to.equal('addr del ::6/128 dev lo\n');
    expect(planCleanup(state('', false), 0)).to.deep.equal([]);
  });
});
