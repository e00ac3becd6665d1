// Keys become actions. Where a text is being written or a dialog is open they stay what they are.
import { useEffect } from 'react';
import { isTyping } from '../canvas/clipboard';
import { actions, enabled } from './actions';
import type { App } from './app';
import { keysOf } from './keymap';
import { matches, Strokes } from './keys';

/** Keys with which a web view would leave, print, reload or zoom the page. */
const reserved = [
  'Ctrl+P',
  'Ctrl+S',
  'Ctrl+R',
  'Ctrl+U',
  'Ctrl+G',
  'F5',
  'F3',
  'F7',
  'Ctrl+Shift+R',
  'Ctrl++',
  'Ctrl+=',
  'Ctrl+-',
  'Ctrl+0',
];
const back = ['Alt+ArrowLeft', 'Alt+ArrowRight', 'BrowserBack', 'BrowserForward'];

export function useKeys(app: App): void {
  useEffect(() => {
    const strokes = new Strokes();
    const down = (e: KeyboardEvent): void => {
      if ([...reserved, ...back].some((k) => matches(k, e))) e.preventDefault();
      if (e.defaultPrevented && e.key === 'Escape') return;
      if (e.isComposing || document.querySelector('dialog[open]')) return;
      const { activeElement } = document;
      const root = app.board.view?.element;
      const onCanvas = activeElement === document.body || !!root?.contains(activeElement);
      const typing = isTyping();
      const candidates = actions.filter((a) => {
        if (a.native || !enabled(app, a)) return false;
        if (a.canvas && (!onCanvas || typing || (a.id === 'edit.properties' && isButton(activeElement)))) return false;
        return !typing || a.anywhere;
      });
      const { keys } = app.session.prefs.get();
      const held = candidates.map((a) => ({ action: a, keys: keysOf(keys, a) }));
      const hit = strokes.find(held, e, e.timeStamp);
      if (hit && hit.action.run(app) !== false) e.preventDefault();
    };
    // The page is never zoomed by the wheel: the canvas is, where the pointer is over it.
    const wheel = (e: WheelEvent): void => {
      if (e.ctrlKey || e.metaKey) e.preventDefault();
    };
    window.addEventListener('keydown', down);
    window.addEventListener('wheel', wheel, { passive: false });
    return () => {
      window.removeEventListener('keydown', down);
      window.removeEventListener('wheel', wheel);
    };
  }, [app]);
}

const isButton = (el: Element | null): boolean => !!el?.matches('button, a, [role=menuitem]');
