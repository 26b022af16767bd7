import { expect } from 'chai';
import { remember } from '../../../webhook/injection/remember.ts';

describe('remembering', () => {
  const counted = () => {
    const calls: string[] = [];
    const made = remember(({ name }: { name: string; more?: object }) => {
      calls.push(name);
      return { name };
    }, 2);
    return { calls, made };
  };

  it('gives the same for equal arguments, and makes it once', () => {
    const { calls, made } = counted();
    expect(made({ name: 'a', more: { b: [1] } })).to.equal(made({ name: 'a', more: { b: [1] } }));
    expect(calls).to.deep.equal(['a']);
  });

  it('tells arguments apart by any field, however deep', () => {
    const { made } = counted();
    expect(made({ name: 'a', more: { b: [1] } })).not.to.equal(made({ name: 'a', more: { b: [2] } }));
  });

  it('forgets the argument that it has not met for the longest time', () => {
    const { calls, made } = counted();
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) made({ name });
    expect(calls).to.deep.equal(['a', 'b', 'c', 'b']);
  });

  it('does not keep what is very long', () => {
    const { calls, made } = counted();
    const name = 'x'.repeat(9_000);
    expect(made({ name })).to.deep.equal(made({ name }));
    expect(calls).to.have.lengthOf(2);
  });
});
