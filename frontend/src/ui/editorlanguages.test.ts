import { describe, expect, it } from 'vitest';
import { languageOf, syntaxOf } from './editorlanguages';

describe('the language of a file', () => {
  it.each([
    ['index.mjs', 'javascript'],
    ['src/index.ts', 'typescript'],
    ['app.PY', 'python'],
    ['main.go', 'go'],
    ['Function.java', 'java'],
    ['Function.cs', 'csharp'],
    ['function.rb', 'ruby'],
    ['out/bootstrap', 'shell'],
    ['package.json', 'json'],
    ['README', ''],
    ['notes.constructor', ''],
    ['a.folder/plain', ''],
    ['', ''],
  ])('of %s is "%s"', (name, language) => {
    expect(languageOf(name)).toBe(language);
  });

  it('can be colored', async () => {
    for (const l of ['json', 'javascript', 'typescript', 'python', 'go', 'java', 'csharp', 'ruby', 'shell'] as const)
      expect(await syntaxOf(l)).not.toEqual([]);
    expect(await syntaxOf('')).toEqual([]);
  });
});
