// Typing on the drawing: a node's name, a note's text. Enter keeps, Escape forgets, leaving keeps.
import { type ReactElement, useEffect, useRef } from 'react';
import type { ID } from '../../design/types';
import { useBoard } from '../context';
import { endRename } from '../verbs';

export function Rename(props: {
  id: ID;
  value: string;
  label: string;
  field?: string | undefined;
  long?: boolean;
}): ReactElement {
  const board = useBoard();
  const ref = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const ended = useRef(false);
  useEffect(() => {
    ref.current?.focus({ preventScroll: true });
    ref.current?.select();
  }, []);
  const end = (keep: boolean): void => {
    if (ended.current) return;
    ended.current = true;
    const text = ref.current?.value ?? '';
    endRename(board, props.id, keep && text !== props.value ? text : null, props.field);
  };
  const same = {
    ref,
    defaultValue: props.value,
    'aria-label': props.label,
    spellCheck: false,
    onBlur: () => {
      end(true);
    },
    onKeyDown: (e: React.KeyboardEvent) => {
      e.stopPropagation();
      if (e.key === 'Escape') end(false);
      if (e.key === 'Tab' || (e.key === 'Enter' && (!props.long || e.ctrlKey || e.metaKey))) {
        e.preventDefault();
        end(true);
      }
    },
  };
  return props.long ? (
    <textarea className="rename rename-long nowheel" {...same} />
  ) : (
    <input className="rename" {...same} />
  );
}
