import { describe, expect, it } from 'vitest';
import { blocks } from './Prose';

describe('a help text', () => {
  it('is headings, paragraphs, lists and code', () => {
    const text =
      '# A queue\n\nHolds messages\nuntil handled.\n\n- one\n- two\n  goes on\n\n1. first\n\n```js\nlet a;\n\n# no heading\n```\nThe end.';
    expect(blocks(text)).toEqual([
      { kind: 'heading', text: 'A queue' },
      { kind: 'text', text: 'Holds messages until handled.' },
      { kind: 'list', items: ['one', 'two goes on'] },
      { kind: 'list', items: ['first'] },
      { kind: 'code', text: 'let a;\n\n# no heading' },
      { kind: 'text', text: 'The end.' },
    ]);
  });

  it('may be empty or broken off', () => {
    expect(blocks('')).toEqual([]);
    expect(blocks('```\nopen')).toEqual([{ kind: 'code', text: 'open' }]);
    expect(blocks('\r\n# A\r\n')).toEqual([{ kind: 'heading', text: 'A' }]);
  });
});
