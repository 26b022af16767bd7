import { expect } from 'chai';
import { planProbes } from '../../../init/validate/plan.ts';
import { nearAddress } from '../../../init/validate/wire.ts';
import { describeConnection } from '../../../init/validate/words.ts';
import { addressBlock } from '../../../settings/block.ts';
import type { Family } from '../../../settings/cidr.ts';
import { settingsOf } from '../settings.ts';

/** Of a pod with one address of each family, where the check listens on 50000 and somebody on 80. */
function planOf(flags: Readonly<Record<string, string>>, family: Family = 'ipv4'): readonly string[] {
  const own = ['10.0.0.5', 'fd00::5', '127.0.0.1', '::1'].flatMap((text) => addressBlock(text) ?? []);
  const busy = new Set([80]);
  const planned = planProbes({
    ...{ family, own, listener: 50000, wire: nearAddress(family) },
    settings: settingsOf(flags),
    listening: { certain: busy, possible: busy },
  });
  return planned.map((one) => {
    const subject = one.setting === undefined ? one.path : `${one.path} (${one.setting})`;
    return 'reason' in one
      ? `${subject}: ${one.reason}`
      : `${subject}: ${describeConnection(one.connection)} ${one.expected}`;
  });
}

const starting = (lines: readonly string[], start: string): readonly string[] =>
  lines.filter((line) => line.startsWith(start));

describe('The plan of a validation', () => {
  it('has every path of the default settings', () => {
    expect(planOf({})).to.deep.equal([
      'out: 192.0.2.2:15001 outbound',
      'in: 10.0.0.5:8080 from 192.0.2.2 inbound',
      'in: 10.0.0.5:15020 from 192.0.2.2 direct',
      'in: 10.0.0.5:15021 from 192.0.2.2 direct',
      'in: 10.0.0.5:15090 from 192.0.2.2 direct',
      'localhost: 127.0.0.1:50000 direct',
      'own-address: 10.0.0.5:50000 direct',
      'passthrough: 10.0.0.5:50000 from 127.0.0.6 direct',
      'passthrough (proxy-uid 51337): 10.0.0.5:50000 from 127.0.0.6 as uid 51337 direct',
      'self-call (proxy-uid 51337): 10.0.0.5:50000 as uid 51337 inbound',
      'proxy-out (proxy-uid 51337): 192.0.2.2:15001 as uid 51337 direct',
    ]);
  });

  it('tries each item that includes where nothing else does, and each that excludes where something includes', () => {
    const lines = planOf({
      'include-outbound-cidrs': '198.51.100.0/24,2001:db8::/32',
      'include-outbound-ports': '443,9000-9010',
      'exclude-outbound-cidrs': '198.51.100.128/25',
      'exclude-outbound-ports': '81',
    });
    expect(starting(lines, 'out')).to.deep.equal([
      'out: 198.51.100.2:15001 outbound',
      'out (include-outbound-cidrs 198.51.100.0/24): 198.51.100.2:15001 outbound',
      'out (include-outbound-ports 443): 192.0.2.2:443 outbound',
      'out (include-outbound-ports 9000-9010): 192.0.2.2:9000 outbound',
      'out (exclude-outbound-cidrs 198.51.100.128/25): 198.51.100.254:15001 direct',
      'out (exclude-outbound-ports 81): 198.51.100.2:81 direct',
    ]);
  });

  it('goes around what is left alone', () => {
    const lines = planOf({ 'exclude-outbound-cidrs': '192.0.2.0/24', 'exclude-outbound-ports': '15001' });
    expect(lines[0]).to.equal('out: 198.51.100.2:80 outbound');
    expect(planOf({ 'exclude-uids': '0' })[0]).to.equal(
      'out: 192.0.2.2:15001 as uid 1000, gid 1000 outbound',
    );
  });

  it('shows that nothing is captured where the settings capture nothing', () => {
    const lines = planOf({ 'include-outbound-cidrs': '', 'include-inbound-ports': '' });
    expect(lines.slice(0, 2)).to.deep.equal([
      'out: 192.0.2.2:15001 direct',
      'in: 10.0.0.5:80 from 192.0.2.2 direct',
    ]);
  });

  it('says what no connection can show', () => {
    const lines = planOf({
      'exclude-outbound-cidrs': '224.0.0.0/4,10.0.0.5/32',
      'exclude-interfaces': 'eth1',
      'virtual-interfaces': 'tap0',
      'drop-invalid': 'true',
      'outbound-policy': 'blackhole',
    });
    expect(lines.filter((line) => !/ (outbound|inbound|direct)$/.test(line))).to.deep.equal([
      'out (exclude-outbound-cidrs 224.0.0.0/4): no connection goes to such addresses, or comes from them',
      'out (exclude-outbound-cidrs 10.0.0.5/32): it holds addresses of the pod itself',
      'excluded-interface (exclude-interfaces eth1): only what passes eth1 itself shows it, and that is outside the pod',
      'virtual-interface (virtual-interfaces tap0): only what a guest behind tap0 sends shows it',
      'drop-invalid (drop-invalid): no connection shows it: it is about packets that belong to none',
      'cage (outbound-policy): no TCP connection shows it: it is about what is not TCP',
    ]);
  });

  it('has the same in IPv6', () => {
    const lines = planOf({ 'exclude-inbound-cidrs': 'fd77::/16,10.0.0.0/8' }, 'ipv6');
    expect(lines).to.include.members([
      'out: [2001:db8::2]:15001 outbound',
      'in (exclude-inbound-cidrs fd77::/16): [fd00::5]:8080 from fd77:ffff:ffff:ffff:ffff:ffff:ffff:fffe direct',
      'passthrough: [fd00::5]:50000 from ::6 direct',
      'localhost: [::1]:50000 direct',
    ]);
  });
});
