import { expect } from 'chai';
import { dispensable, withoutUncapturable } from '../../../init/backend/uncaptured.ts';
import { InitError } from '../../../init/init-error.ts';

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
