import { describe, expect, it } from 'vitest';
import { jsonError } from './json';

describe('what is wrong with JSON', () => {
  it.each(['{}', '[]', ' {"a": [1, -2.5e3, true, null, "\\u00e9\\n"]}\n', '"text"', '0'])(
    'is nothing in %s',
    (text) => {
      expect(jsonError(text)).toBeNull();
    },
  );

  it.each([
    ['', 1, 1, 'a value is missing at the end'],
    ['{"a": }', 1, 7, 'a value is missing here'],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'a comma or a } is missing here'],
    ['{"a": 1,}', 1, 8, 'no comma may stand after the last one'],
    ['[1, 2,]', 1, 6, 'no comma may stand after the last one'],
    ['{"a" 1}', 1, 6, 'a colon is missing after the name'],
    ['{a: 1}', 1, 2, 'names stand in double quotes'],
    ["{'a': 1}", 1, 2, 'names stand in double quotes'],
    ["['a']", 1, 2, 'texts stand in double quotes'],
    ['{"a": yes}', 1, 7, 'yes is no value: texts stand in double quotes'],
    ['{"a": 01}', 1, 7, '01 is no value: texts stand in double quotes'],
    ['{"a": {"b": 1', 1, 7, 'this is never closed: a } is missing'],
    ['[1', 1, 3, 'this is never closed: a ] is missing'],
    ['{"a": "b\n}', 1, 7, 'this text is never closed: a " is missing'],
    ['"C:\\dir"', 1, 4, 'a backslash is written as \\\\'],
    ['{"a": 1} x', 1, 10, 'nothing may follow the value'],
    ['["\t"]', 1, 3, 'a control character is written as \\u0000'],
    [`${'['.repeat(5000)}`, 1, 1002, 'this is nested too deeply'],
  ])('in %j is said at %d:%d', (text, line, column, message) => {
    expect(jsonError(text)).toMatchObject({ line, column, message });
  });

  it('is found wherever the platform finds something', () => {
    const pieces = ['{', '}', '[', ']', ',', ':', '"a"', '1', '-', 'true', ' ', '\n', '\\', "'", '"', '\u0001', '.5'];
    let seed = 7;
    const pick = (n: number): number => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
    for (let i = 0; i < 4000; i++) {
      const text = Array.from({ length: pick(9) }, () => pieces[pick(pieces.length)]).join('');
      const error = jsonError(text);
      let ok = true;
      try {
        JSON.parse(text);
      } catch {
        ok = false;
      }
      expect([text, error === null]).toEqual([text, ok]);
      if (error) expect([text, error.message]).not.toEqual([text, 'this is not JSON']);
    }
  });
});
