// Text while it is typed. It is handed on after a short pause, on Enter and on leaving, so that hardly anything can be
// lost and a word is one undo step.
import { useEffect, useRef, useState } from 'react';

const pause = 300;

export interface Draft {
  value: string;
  onChange: (text: string) => void;
  /** Hands on at once what is typed. */
  flush: () => void;
  onBlur: () => void;
}

/** kept tells how a text reads once it is kept: what is typed stands as it is for as long as it says the same. */
export function useDraft(
  value: string,
  commit: (text: string) => void,
  kept: (text: string) => string = (t) => t,
): Draft {
  // What is typed over which value; a value that changes meanwhile by another hand wins.
  const [draft, setDraft] = useState<{ text: string; over: string } | null>(null);
  const pending = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef({ commit, value });
  useEffect(() => {
    latest.current = { commit, value };
  });

  const flush = (): void => {
    clearTimeout(timer.current);
    const text = pending.current;
    pending.current = null;
    if (text !== null && text !== latest.current.value) latest.current.commit(text);
  };
  const leave = useRef(flush);
  useEffect(() => {
    leave.current = flush;
  });
  useEffect(
    () => () => {
      leave.current();
    },
    [],
  );

  const stands = draft && (draft.over === value || kept(draft.text) === value || pending.current !== null);
  return {
    value: stands ? draft.text : value,
    onChange(text) {
      setDraft({ text, over: value });
      pending.current = text;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        leave.current();
      }, pause);
    },
    flush,
    onBlur() {
      flush();
      setDraft(null);
    },
  };
}
