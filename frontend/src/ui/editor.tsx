// A text of code to be read or written: colored, with line numbers, and what is wrong underlined where it is. A plain area
// stands in until the editor is loaded, and stays where it cannot be.
import { type ReactElement, useEffect, useRef, useState } from 'react';
import './editor.css';
import type { Language } from './editorlanguages';
import type { EditorHandle, Looks, Mark } from './editorview';

const clipboard = ['copy', 'cut', 'paste', 'beforecopy', 'beforecut', 'beforepaste'] as const;

interface EditorProps {
  id?: string;
  text: string;
  language: Language;
  label: string;
  /** Ids of what describes it, apart by spaces. */
  describedBy?: string | undefined;
  invalid?: boolean;
  readOnly?: boolean;
  /** Shown while there is no text. */
  hint?: string;
  mark?: Mark | null;
  onChange?: (text: string) => void;
  onBlur?: () => void;
}

export function CodeEditor(p: EditorProps): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<EditorHandle | null>(null);
  const latest = useRef(p);
  useEffect(() => {
    latest.current = p;
  });

  const { language } = p;
  useEffect(() => {
    let made: EditorHandle | null = null;
    let left = false;
    void import('./editorview').then(
      ({ mount }) => {
        const el = host.current;
        if (left || !el) return;
        const root = el.shadowRoot ?? el.attachShadow({ mode: 'open', delegatesFocus: true });
        const writing = document.activeElement === el.querySelector('textarea');
        made = mount(root, latest.current.text, language, {
          change: (text) => latest.current.onChange?.(text),
          blur: () => latest.current.onBlur?.(),
        });
        made.setLooks(looks(latest.current));
        setEditor(made);
        if (writing) made.focus();
      },
      () => undefined, // the plain area stays
    );
    return () => {
      left = true;
      made?.destroy();
      setEditor(null);
    };
  }, [language]);

  // What is copied in here is text; the drawing has a clipboard of its own beyond.
  useEffect(() => {
    const el = host.current;
    const keep = (e: Event): void => {
      e.stopPropagation();
    };
    for (const type of clipboard) el?.addEventListener(type, keep);
    return () => {
      for (const type of clipboard) el?.removeEventListener(type, keep);
    };
  }, []);

  const { text, mark = null } = p;
  useEffect(() => {
    editor?.setText(text);
  }, [editor, text]);
  useEffect(() => {
    editor?.setMark(mark);
    // Marks are made anew at every keystroke; only another place or reason matters.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [editor, mark?.at, mark?.message]);
  const { label, describedBy, invalid, readOnly, hint } = p;
  useEffect(() => {
    editor?.setLooks(looks({ label, describedBy, invalid, readOnly, hint }));
  }, [editor, label, describedBy, invalid, readOnly, hint]);

  return (
    <div
      ref={host}
      className={`code-editor ${p.readOnly ? 'code-editor-read' : ''}`}
      data-invalid={p.invalid || undefined}
      onKeyDown={(e) => {
        e.stopPropagation();
      }}
    >
      {!editor && (
        <textarea
          id={p.id}
          className="area mono"
          rows={Math.min(20, Math.max(5, p.text.split('\n').length))}
          wrap="off"
          aria-label={p.label}
          aria-describedby={p.describedBy}
          aria-invalid={p.invalid}
          spellCheck={false}
          readOnly={p.readOnly}
          placeholder={p.hint}
          value={p.text}
          onChange={(e) => p.onChange?.(e.target.value)}
          onBlur={p.onBlur}
        />
      )}
    </div>
  );
}

type Shown = { [K in 'label' | 'describedBy' | 'invalid' | 'readOnly' | 'hint']?: EditorProps[K] | undefined };

const looks = (p: Shown): Looks => ({
  label: p.label ?? '',
  describedBy: (p.describedBy ?? '').split(' ').flatMap((id) => (id ? (document.getElementById(id) ?? []) : [])),
  invalid: !!p.invalid,
  readOnly: !!p.readOnly,
  hint: p.hint ?? '',
});
