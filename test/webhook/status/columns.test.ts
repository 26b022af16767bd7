import { expect } from 'chai';
import { renderColumns } from '../../../webhook/status/columns.ts';

describe('columns', () => {
  it('are as wide as the widest cell, and end without blanks', () => {
    expect(
      renderColumns([
        ['NAME', 'STATE', 'MESSAGE'],
        ['web-1', 'ok', ''],
        ['a', 'missing', 'older than its label'],
      ]),
    ).to.deep.equal(['NAME    STATE     MESSAGE', 'web-1   ok', 'a       missing   older than its label']);
  });
});
