import { expect } from 'chai';
import { expand, processOf } from './kubelet-expansion.ts';

describe("the kubelet's expansion, as the properties take it from the documentation of the API", () => {
  for (const [text, expanded] of [
    ['$(A)', 'one'],
    ['a $(A) b $(B)', 'a one b $(C)'],
    ['$(NOT_THERE)', '$(NOT_THERE)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$one'],
    ['$$$$', '$$'],
    ['$ $A ${A} $(A', '$ $A ${A} $(A'],
    ['$(constructor)', '$(constructor)'],
    ['$()', '$()'],
  ] as const) {
    it(`makes ${JSON.stringify(expanded)} of ${JSON.stringify(text)}`, () => {
      expect(expand(text, { A: 'one', B: '$(C)', C: 'three' })).to.equal(expanded);
    });
  }

  it('lets a variable see those before it, and the fields of the pod', () => {
    const env = [{ name: 'NAME' }, { name: 'A', value: '$(NAME)/$(B)' }, { name: 'B', value: 'b' }];
    expect(processOf({ args: ['$(A)', '$(B)'], env }, { NAME: 'shop' })).to.deep.equal({
      command: ['shop/$(B)', 'b'],
      variables: { NAME: 'shop', A: 'shop/$(B)', B: 'b' },
    });
  });
});
