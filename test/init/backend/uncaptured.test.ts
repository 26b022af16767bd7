import { expect } from 'chai';
import { dispensable, mayBeLeft, withoutUncapturable } from '../../../init/backend/uncaptured.ts';
import { InitError } from '../../../init/init-error.ts';
import { defaults } from '../../../settings/settings.ts';

const both = ['ipv4', 'ipv6'] as const;
const refused = new InitError('refused', 'ipv6: no', { family: 'ipv6' });

describe('A family that cannot be captured', () => {
  it('is a failure where the pod has it, unless that is allowed', () => {
    expect(dispensable(refused, both, both, false)).to.equal(undefined);
    expect(dispensable(refused, both, both, true)).to.equal('ipv6');
  });

  it('is left where the pod does not have it', () => {
    expect(dispensable(refused, both, ['ipv4'], false)).to.equal('ipv6');
  });

  it('is a failure where it is the only one, or not the reason', () => {
    expect(dispensable(refused, ['ipv6'], [], true)).to.equal(undefined);
    expect(dispensable(refused, ['ipv4'], [], true)).to.equal(undefined);
    expect(dispensable(new InitError('refused', 'nft: no'), both, both, true)).to.equal(undefined);
    expect(dispensable(new InitError('usage', 'no', { family: 'ipv6' }), both, both, true)).to.equal(
      undefined,
    );
  });

  describe('beside a cage', () => {
    const interfaceOf = (address: string, family: 'IPv4' | 'IPv6') => ({
      ...{ address, netmask: '', mac: '00:00:00:00:00:00', internal: false, cidr: null },
      ...(family === 'IPv6' ? { family, scopeid: 2 } : { family }),
    });
    const ipv4 = interfaceOf('10.0.0.5', 'IPv4');
    const caged = { ...defaults, outboundPolicy: 'blackhole' as const };
    const withLink = { eth0: [ipv4, interfaceOf('fe80::1', 'IPv6')] };

    it('is a failure where the pod has but a link-local address of it', () => {
      for (const captured of [both, ['ipv4']] as const)
        expect(mayBeLeft(caged, captured, withLink)(refused, both)).to.equal(undefined);
      expect(mayBeLeft(defaults, both, withLink)(refused, both)).to.equal('ipv6');
    });

    it('is left where the pod has no address of it at all', () => {
      expect(mayBeLeft(caged, ['ipv4'], { eth0: [ipv4] })(refused, both)).to.equal('ipv6');
    });

    it('is a failure where all others are only to be closed', () => {
      expect(mayBeLeft(caged, ['ipv6'], { eth0: [ipv4] })(refused, both)).to.equal(undefined);
    });

    it('is no remedy for what is no failure of a family', () => {
      expect(mayBeLeft(caged, both, {})(new Error('ipv6'), both)).to.equal(undefined);
    });
  });

  it('is told with its reason when the rest is done', async () => {
    const work = async (families: readonly string[]) => {
      if (families.includes('ipv6')) throw refused;
      return families;
    };
    expect(await withoutUncapturable(both, () => 'ipv6', work)).to.deep.equal({
      result: ['ipv4'],
      open: [{ family: 'ipv6', reason: 'ipv6: no' }],
    });
    const failure = await withoutUncapturable(both, () => undefined, work).catch((error: unknown) => error);
    expect(failure).to.equal(refused);
  });
});
