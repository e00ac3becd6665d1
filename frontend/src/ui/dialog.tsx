// A modal dialog on the platform's own element: it keeps the focus inside, gives it back, and closes on Escape.
import { type ReactElement, type ReactNode, useEffect, useId, useRef } from 'react';
import { IconButton } from './controls';
import './dialog.css';

export function Dialog(props: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  /** Without a head: for palettes that bring their own. */
  bare?: boolean;
}): ReactElement {
  const ref = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    ref.current?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={`dialog ${props.wide ? 'dialog-wide' : ''} ${props.bare ? 'dialog-bare' : ''}`}
      aria-labelledby={props.bare ? undefined : title}
      aria-label={props.bare ? props.title : undefined}
      onCancel={(e) => {
        e.preventDefault();
        props.onClose();
      }}
      onKeyDown={(e) => {
        e.stopPropagation();
      }}
      onPointerDown={(e) => {
        if (e.target === ref.current) props.onClose();
      }}
    >
      <div className="dialog-inside">
        {!props.bare && (
          <header>
            <h2 id={title}>{props.title}</h2>
            <IconButton icon="close" label="Close" onClick={props.onClose} />
          </header>
        )}
        <div className="dialog-body">{props.children}</div>
        {props.footer && <footer>{props.footer}</footer>}
      </div>
    </dialog>
  );
}
