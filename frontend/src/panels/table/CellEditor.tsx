// One cell while it is edited: Enter keeps and goes down, Tab keeps and goes on, Escape leaves it as it was.
import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import type { Field } from '../../catalog/types';
import { defaultText, textOf, valueFrom } from '../inspector/values';

export function CellEditor(p: {
  label: string;
  /** Absent for the node's name. */
  field: Field | undefined;
  value: unknown;
  /** undefined takes the value away, so that the default counts. */
  onKeep: (value: unknown) => void;
  /** by is the key that leads on from here, "" for staying, null where the pointer went elsewhere. */
  onDone: (by: string | null) => void;
}): ReactElement {
  const { field } = p;
  const options = field?.type === 'flag' ? ['on', 'off'] : field?.type === 'choice' ? (field.options ?? []) : null;
  const before = field?.type === 'flag' ? flagText(p.value) : field ? textOf(field, p.value) : String(p.value);
  const [text, setText] = useState(before);
  const el = useRef<HTMLInputElement & HTMLSelectElement>(null);
  const done = useRef(false);
  useEffect(() => {
    el.current?.focus();
    if (el.current instanceof HTMLInputElement) el.current.select();
  }, []);

  const end = (keep: boolean, by: string | null): void => {
    if (done.current) return;
    done.current = true;
    if (keep && text !== before) {
      if (field?.type === 'flag') p.onKeep(text === '' ? undefined : text === 'on');
      else if (field) p.onKeep(valueFrom(field, text));
      else if (text.trim() !== '') p.onKeep(text);
    }
    p.onDone(by);
  };
  const keyDown = (e: KeyboardEvent): void => {
    e.stopPropagation();
    if (e.key === 'Enter') end(true, e.shiftKey ? 'ArrowUp' : 'ArrowDown');
    else if (e.key === 'Tab') end(true, e.shiftKey ? 'ArrowLeft' : 'ArrowRight');
    else if (e.key === 'Escape') end(false, '');
    else return;
    e.preventDefault();
  };
  const common = {
    ref: el,
    'aria-label': p.label,
    onKeyDown: keyDown,
    onBlur: () => {
      end(true, null);
    },
  };
  const unset = field ? defaultText(field) : '';
  return options ? (
    <select
      {...common}
      className="table-edit"
      value={text}
      onChange={(e) => {
        setText(e.target.value);
      }}
    >
      <option value="">{unset ? `${unset} (default)` : ''}</option>
      {(options.includes(text) || text === '' ? options : [text, ...options]).map((o) => (
        <option key={o}>{o}</option>
      ))}
    </select>
  ) : (
    <input
      {...common}
      className="table-edit"
      spellCheck={false}
      autoComplete="off"
      inputMode={field?.type === 'number' ? 'decimal' : undefined}
      placeholder={unset}
      value={text}
      onChange={(e) => {
        setText(e.target.value);
      }}
    />
  );
}

const flagText = (v: unknown): string => (v == null ? '' : v === true ? 'on' : 'off');
