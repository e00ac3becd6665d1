// The languages of the editor: those of handlers, and JSON. Each is loaded when a text in it is shown first.
import type { Extension } from '@codemirror/state';

export type Language =
  'json' | 'javascript' | 'typescript' | 'python' | 'go' | 'java' | 'csharp' | 'ruby' | 'shell' | '';

const endings: Readonly<Record<string, Language>> = {
  json: 'json',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascript',
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'typescript',
  py: 'python',
  go: 'go',
  java: 'java',
  cs: 'csharp',
  rb: 'ruby',
  sh: 'shell',
};

/** The language of a file by its name, "" where it is none of ours. */
export function languageOf(name: string): Language {
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (base === 'bootstrap') return 'shell';
  const ending = base.includes('.') ? base.slice(base.lastIndexOf('.') + 1).toLowerCase() : '';
  return Object.hasOwn(endings, ending) ? (endings[ending] ?? '') : '';
}

/** What colors a language. */
export async function syntaxOf(language: Language): Promise<Extension> {
  switch (language) {
    case 'json':
      return (await import('@codemirror/lang-json')).json();
    case 'javascript':
      return (await import('@codemirror/lang-javascript')).javascript({ jsx: true });
    case 'typescript':
      return (await import('@codemirror/lang-javascript')).javascript({ jsx: true, typescript: true });
    case 'python':
      return (await import('@codemirror/lang-python')).python();
    case 'go':
      return stream((await import('@codemirror/legacy-modes/mode/go')).go);
    case 'java':
      return stream((await import('@codemirror/legacy-modes/mode/clike')).java);
    case 'csharp':
      return stream((await import('@codemirror/legacy-modes/mode/clike')).csharp);
    case 'ruby':
      return stream((await import('@codemirror/legacy-modes/mode/ruby')).ruby);
    case 'shell':
      return stream((await import('@codemirror/legacy-modes/mode/shell')).shell);
    case '':
      return [];
  }
}

type Stream = Parameters<(typeof import('@codemirror/language'))['StreamLanguage']['define']>[0];

async function stream(parser: Stream): Promise<Extension> {
  return (await import('@codemirror/language')).StreamLanguage.define(parser);
}
