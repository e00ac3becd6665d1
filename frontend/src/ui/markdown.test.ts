import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { blocks, Markdown } from './markdown';

describe('a text in Markdown', () => {
  it('is headings, paragraphs, lists and code', () => {
    const text =
      '# A queue\n\nHolds messages\nuntil handled.\n\n- one\n- two\n  goes on\n\n1. first\n\n```js\nlet a;\n\n# no heading\n```\nThe end.';
    expect(blocks(text)).toEqual([
      { kind: 'heading', text: 'A queue', level: 1 },
      { kind: 'text', text: 'Holds messages until handled.' },
      { kind: 'list', items: ['one', 'two goes on'], ordered: false },
      { kind: 'list', items: ['first'], ordered: true },
      { kind: 'code', text: 'let a;\n\n# no heading' },
      { kind: 'text', text: 'The end.' },
    ]);
  });

  it('may be empty or broken off', () => {
    expect(blocks('')).toEqual([]);
    expect(blocks('```\nopen')).toEqual([{ kind: 'code', text: 'open' }]);
    expect(blocks('\r\n# A\r\n')).toEqual([{ kind: 'heading', text: 'A', level: 1 }]);
  });

  it('keeps its lines where it is a note', () => {
    expect(blocks('one\ntwo', 'stay')).toEqual([{ kind: 'text', text: 'one\ntwo' }]);
  });

  const html = (text: string): string => renderToStaticMarkup(createElement(Markdown, { text }));
  it('has strong, stressed and fixed words, and says links without leading anywhere', () => {
    expect(html('a **b** *c* `d` [e](https://x.example)')).toBe(
      '<div class="markdown "><p>a <strong>b</strong> <em>c</em> <code>d</code> <span>e</span></p></div>',
    );
    expect(html('2 * 3 * 4 and `open')).toBe('<div class="markdown "><p>2 * 3 * 4 and `open</p></div>');
  });

  it.each([
    '<img src=x onerror=alert(1)>',
    '**<script>alert(1)</script>**',
    '[x](javascript:alert(1))',
    '`</code><b>`',
    '# <iframe>',
    '- <svg onload=1>',
    '![x](https://x.example/a.png)',
  ])('never becomes HTML of its own: %s', (text) => {
    expect(html(text)).not.toMatch(/<(?!\/?(?:div|p|h4|ul|ol|li|strong|em|code|pre|span)\b)|href|src="/);
  });
});
