import { expect } from 'chai';
import {
  type CompletedCommand,
  type Completion,
  complete,
  renderCompletion,
  withNames,
} from '../../../webhook/completion/complete.ts';

const commands: readonly CompletedCommand[] = [
  {
    name: 'status',
    description: 'tell how pods are',
    options: [
      { names: ['-n', '--namespace'], description: 'namespace', value: { kind: 'free' } },
      {
        names: ['-o', '--output'],
        description: 'what is printed',
        value: { kind: 'choices', choices: ['table', 'wide', 'json'] },
      },
      { names: ['--context'], description: 'which', value: { kind: 'known', of: 'context' } },
      { names: ['--in'], description: 'of one', value: { kind: 'known', of: 'namespace' } },
      { names: ['--kubeconfig'], description: 'a file', value: { kind: 'file' } },
      { names: ['-A', '--all-namespaces'], description: 'of all' },
    ],
  },
  {
    name: 'completion',
    description: 'print the completion',
    options: [],
    argument: { kind: 'choices', choices: ['bash', 'zsh', 'fish'] },
  },
  { name: 'check', description: 'explain', options: [], argument: { kind: 'free' } },
];

const of = (...words: string[]): Completion => complete(commands, words);
const texts = (...words: string[]): string[] => of(...words).candidates.map(({ text }) => text);

describe('the completion', () => {
  it('has the commands first, by what is typed of them', () => {
    expect(texts('')).to.deep.equal(['status', 'completion', 'check']);
    expect(texts('c')).to.deep.equal(['completion', 'check']);
    expect(texts()).to.deep.equal(['status', 'completion', 'check']);
  });

  it('has the options of a command', () => {
    expect(texts('status', '--')).to.deep.equal([
      '--namespace',
      '--output',
      '--context',
      '--in',
      '--kubeconfig',
      '--all-namespaces',
    ]);
    expect(texts('status', '-A', '--o')).to.deep.equal(['--output']);
  });

  it('has the choices of an option, in one word with it or in the next', () => {
    expect(texts('status', '-o', '')).to.deep.equal(['table', 'wide', 'json']);
    expect(texts('status', '--output', 'w')).to.deep.equal(['wide']);
    expect(texts('status', '--output=j')).to.deep.equal(['--output=json']);
  });

  it('leaves names of files to the shell, and offers nothing for what it cannot know', () => {
    expect(of('status', '--kubeconfig', '')).to.deep.equal({ candidates: [], files: true });
    expect(of('status', '--kubeconfig=/t')).to.deep.equal({ candidates: [], files: true });
    expect(of('status', '-n', '')).to.deep.equal({ candidates: [], files: false });
    expect(of('status', '-A', '')).to.deep.equal({ candidates: [], files: false });
    expect(of('nothing', '')).to.deep.equal({ candidates: [], files: false });
  });

  it('asks for the names that are known elsewhere, and says where', () => {
    expect(of('status', '--context', 'sh').names).to.deep.equal({ of: 'context', begun: 'sh', prefix: '' });
    expect(of('status', '--context=sh', '--kubeconfig', 'k', '--in=a').names).to.deep.equal({
      ...{ of: 'namespace', begun: 'a', prefix: '--in=', kubeconfig: 'k', context: 'sh' },
    });
    const asked = of('status', '--in=s');
    const wanted = asked.names ?? expect.fail('asks for no names');
    expect(withNames(asked, wanted, ['default', 'shop', 'stage'])).to.deep.include({
      files: false,
      candidates: [
        { text: '--in=shop', description: '' },
        { text: '--in=stage', description: '' },
      ],
    });
  });

  it('has the choices of an argument', () => {
    expect(texts('completion', '')).to.deep.equal(['bash', 'zsh', 'fish']);
    expect(texts('check', '')).to.deep.equal([]);
  });

  it('is written as kubectl reads it of a plugin', () => {
    expect(renderCompletion(of('st'))).to.equal('status\ttell how pods are\n:4\n');
    expect(renderCompletion(of('status', '-o', 'j'))).to.equal('json\n:4\n');
    expect(renderCompletion(of('status', '--kubeconfig', ''))).to.equal(':0\n');
  });
});
