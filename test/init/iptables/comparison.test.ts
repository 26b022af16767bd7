import { expect } from 'chai';
import { compareRules } from '../../../init/iptables/comparison.ts';
import { renderLines } from '../../../init/iptables/rule-lines.ts';
import { parseSavedState } from '../../../init/iptables/saved-state.ts';
import { ruleText } from '../../../init/rules/chains.ts';
import { rulesFor } from '../../../init/rules/rules.ts';
import { defaults } from '../../../settings/settings.ts';

/** Those of the nat table. */
const wanted = rulesFor(defaults, 'ipv4')
  .filter(({ table }) => table === 'nat')
  .flatMap(renderLines);
const jumps = ['-A PREROUTING -p tcp -j OUTRIDER_INBOUND', '-A OUTPUT -p tcp -j OUTRIDER_OUTPUT'];
const rules = wanted.map(ruleText).filter((line) => !jumps.includes(line));
const compare = (lines: readonly string[]) =>
  compareRules(wanted, parseSavedState(['*nat', ...lines].join('\n'))).map(
    ({ kind, line }) => `${kind} ${line}`,
  );

const owner = '-A OUTRIDER_OUTPUT -m owner --uid-owner 51337 -j CONNMARK --set-xmark 0x53a/0xffffffff';
const loopback = '-A OUTRIDER_OUTPUT -o lo -j RETURN';

describe('The comparison', () => {
  it('finds nothing where the kernel is as wanted', () => {
    expect(compare([...jumps, ...rules])).to.deep.equal([]);
  });

  it('does not mind the order of whole chains, nor the rules of others', () => {
    const [last = '', ...others] = rules.toReversed();
    const foreign = ['-A OUTPUT -p tcp -j OTHER', '-A OTHER -j ACCEPT'];
    expect(compare([last, ...jumps, ...foreign, ...others.toReversed()])).to.deep.equal([]);
  });

  it('tells a missing rule from an extra one', () => {
    const other = '-A OUTRIDER_OUTPUT -d 10.0.0.0/8 -j RETURN';
    const lines = [...jumps, ...rules].map((line) => (line === loopback ? other : line));
    expect(compare(lines)).to.deep.equal([`missing ${loopback}`, `extra ${other}`]);
  });

  it('finds the same rules in another order', () => {
    const lines = rules.map((line) => (line === owner ? loopback : line === loopback ? owner : line));
    expect(compare([...jumps, ...lines])).to.deep.equal([`reordered ${loopback}`]);
  });

  it('finds a doubled rule', () => {
    expect(compare([...jumps, ...rules, ...rules.slice(-1)])).to.deep.equal([`extra ${rules.at(-1)}`]);
  });

  it('finds a doubled jump, a jump behind another rule, and a jump from elsewhere', () => {
    expect(compare([...jumps, ...jumps.slice(1), ...rules])).to.deep.equal([`extra ${jumps[1]}`]);
    expect(compare(['-A OUTPUT -j OTHER', ...jumps, ...rules])).to.deep.equal([`reordered ${jumps[1]}`]);
    const elsewhere = '-A OTHER -j OUTRIDER_REDIRECT';
    expect(compare([...jumps, elsewhere, ...rules])).to.deep.equal([`extra ${elsewhere}`]);
  });

  it('finds all missing in an empty table', () => {
    expect(compare([])).to.have.members([...jumps, ...rules].map((line) => `missing ${line}`));
  });
});
