// CodeMirror as Airloom shows it. It stands in a shadow root: there its styles are adopted as sheets, which the page's policy
// allows, where style elements of the page itself are refused (https://codemirror.net/docs/ref/#view.EditorView^cspNonce).
// Loaded with the first editor that is shown, never with the page.
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { Annotation, Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { type Language, syntaxOf } from './editorlanguages';

/** What may change while an editor stands. */
export interface Looks {
  label: string;
  describedBy: readonly Element[];
  invalid: boolean;
  readOnly: boolean;
  hint: string;
}

/** Something wrong at a place of the text. */
export interface Mark {
  at: number;
  message: string;
}

export interface EditorHandle {
  setText(text: string): void;
  setLooks(looks: Looks): void;
  setMark(mark: Mark | null): void;
  focus(): void;
  destroy(): void;
}

/** A change that comes from outside, and is not told back. */
const outside = Annotation.define<boolean>();

const theme = EditorView.theme({
  '&': { color: 'var(--text)', fontSize: 'var(--text-s)', maxHeight: '420px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', fontVariantLigatures: 'none', lineHeight: '1.6', overflow: 'auto' },
  '.cm-content': { padding: '6px 0', caretColor: 'var(--text)', minHeight: '5.5em' },
  '.cm-line': { padding: '0 8px 0 4px' },
  '.cm-gutters': { backgroundColor: 'var(--code-paper)', color: 'var(--faint)', border: '0', userSelect: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '3ch', padding: '0 8px 0 6px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--accent-soft)',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--pressed)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--danger-soft)' },
  '.cm-placeholder': { color: 'var(--faint)' },
  '.cm-lintRange-error, .cm-lintPoint-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--danger)',
    textUnderlineOffset: '3px',
  },
  '.cm-lintPoint-error::after': { borderBottomColor: 'var(--danger)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: 'var(--r2)',
    boxShadow: 'var(--shadow-2)',
    fontFamily: 'var(--font)',
  },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--danger)' },
});

const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.modifier], color: 'var(--busy)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--warn)' },
  { tag: [tags.comment, tags.meta], color: 'var(--faint)', fontStyle: 'italic' },
  { tag: [tags.propertyName, tags.function(tags.variableName), tags.typeName, tags.className], color: 'var(--accent)' },
  { tag: tags.invalid, color: 'var(--danger)' },
]);

/** Puts an editor into a shadow root. Its language comes when it is loaded; until then the text is plain. */
export function mount(
  root: ShadowRoot,
  text: string,
  language: Language,
  on: { change: (text: string) => void; blur: () => void },
): EditorHandle {
  const looks = new Compartment();
  const syntax = new Compartment();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        indentOnInput(),
        // Tab leads on to the next field: whoever has only a keyboard must come out again.
        keymap.of([...defaultKeymap, ...historyKeymap]),
        syntaxHighlighting(colors),
        theme,
        looks.of([]),
        syntax.of([]),
        EditorView.updateListener.of((u) => {
          if (u.docChanged && !u.transactions.some((t) => t.annotation(outside))) on.change(u.state.doc.toString());
        }),
        EditorView.domEventHandlers({
          blur: () => {
            on.blur();
          },
        }),
      ],
    }),
  });
  let alive = true;
  void syntaxOf(language).then((extension) => {
    if (alive) view.dispatch({ effects: syntax.reconfigure(extension) });
  });
  return {
    setText(next) {
      if (view.state.doc.toString() === next) return;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: next },
        annotations: outside.of(true),
      });
    },
    setLooks(l) {
      view.dispatch({ effects: looks.reconfigure(appearance(l)) });
      // The ids of the page are unknown in a shadow root; elements are not.
      if ('ariaDescribedByElements' in view.contentDOM) view.contentDOM.ariaDescribedByElements = [...l.describedBy];
    },
    setMark(mark) {
      const found: Diagnostic[] = mark
        ? [{ ...spot(view.state, mark.at), severity: 'error', message: mark.message }]
        : [];
      view.dispatch(setDiagnostics(view.state, found));
    },
    focus() {
      view.focus();
    },
    destroy() {
      alive = false;
      view.destroy();
    },
  };
}

function appearance(l: Looks): Extension {
  return [
    EditorState.readOnly.of(l.readOnly),
    EditorView.contentAttributes.of({
      'aria-label': l.label,
      'aria-invalid': String(l.invalid),
      'aria-readonly': String(l.readOnly),
      spellcheck: 'false',
    }),
    l.hint === '' ? [] : placeholder(l.hint),
  ];
}

/** The character at a place; at the end of the text, the one before. */
function spot(state: EditorState, at: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(at, state.doc.length - 1));
  return { from, to: Math.min(from + 1, state.doc.length) };
}
