// Copy, cut and paste as text: a fragment of the drawing, so that it travels between windows and projects.
import { copy, type Fragment, parseFragment, paste, remove } from '../design/edits';
import type { Point } from '../design/geometry';
import { groupAt } from '../design/select';
import { centre, rectOf } from '../design/geometry';
import type { Board } from './board';
import { amount, settle } from './verbs';

const typing = 'input:not([type=checkbox], [type=radio], [type=range]), textarea, [contenteditable=true]';

/** Whether keys and the clipboard belong to a text and not to the drawing. */
export const isTyping = (): boolean => !!document.activeElement?.matches(typing);

const textSelected = (): boolean => {
  const s = getSelection();
  return !!s && !s.isCollapsed && s.toString() !== '';
};

/** Listens to the page's clipboard events; gives a function that ends it. */
export function listenClipboard(b: Board): () => void {
  const onCopy = (e: ClipboardEvent): void => {
    if (isTyping() || textSelected() || document.querySelector('dialog[open]')) return;
    settle(b);
    const ids = b.selectedNodes.map((n) => n.id);
    if (ids.length === 0 || !e.clipboardData) return;
    e.preventDefault();
    e.clipboardData.setData('text/plain', JSON.stringify(copy(b.design, ids)));
    const what = amount(b, ids);
    if (e.type === 'cut' && !b.session.readOnly) {
      b.edit(remove(b.design, ids), `cut ${what}`, []);
      b.session.say(`Cut ${what}`);
    } else b.session.say(`Copied ${what}`);
  };
  const onPaste = (e: ClipboardEvent): void => {
    if (isTyping() || document.querySelector('dialog[open]')) return;
    const text = e.clipboardData?.getData('text/plain') ?? '';
    if (text && pasteText(b, text)) e.preventDefault();
  };
  // WebKit copies nothing where no text is selected, unless the page says here that it has something.
  const before = (e: Event): void => {
    const paste = e.type === 'beforepaste';
    if (!isTyping() && !textSelected() && (paste || b.selectedNodes.length > 0)) e.preventDefault();
  };
  const befores = ['beforecopy', 'beforecut', 'beforepaste'];
  for (const name of befores) document.addEventListener(name, before);
  document.addEventListener('copy', onCopy);
  document.addEventListener('cut', onCopy);
  document.addEventListener('paste', onPaste);
  return () => {
    for (const name of befores) document.removeEventListener(name, before);
    document.removeEventListener('copy', onCopy);
    document.removeEventListener('cut', onCopy);
    document.removeEventListener('paste', onPaste);
  };
}

/** Copies or cuts on behalf of a menu: the same events as the keys make. */
export const clip = (what: 'copy' | 'cut'): boolean => document.execCommand(what);

/** Pastes on behalf of a menu, where the page is allowed to read the clipboard. */
export async function pasteFromMenu(b: Board): Promise<void> {
  try {
    if (!pasteText(b, await navigator.clipboard.readText())) b.session.say('The clipboard holds no nodes');
  } catch {
    b.session.toasts.say({ title: 'Paste with the keyboard', text: 'Only Ctrl+V may read the clipboard here.' });
  }
}

/** Pastes clipboard text at the pointer; tells whether it was a fragment. */
export function pasteText(b: Board, text: string): boolean {
  settle(b);
  const fragment = parseFragment(text);
  if (!fragment || !b.view) return false;
  pasteAt(
    b,
    fragment,
    { at: spot(b) },
    `paste ${String(fragment.nodes.length)} ${fragment.nodes.length === 1 ? 'node' : 'nodes'}`,
  );
  return true;
}

/** Puts a fragment on the board and selects it. */
export function pasteAt(b: Board, f: Fragment, where: { by: Point } | { at: Point }, label: string): void {
  const w = b.world();
  const into = (n: Parameters<typeof rectOf>[0]): string | undefined =>
    groupAt(w.design, centre(rectOf(n)), (k) => w.isGroup(k) && !w.isGroup(n.kind));
  const { diff, ids } = paste(b.design, f, where, into);
  b.edit(diff, label, ids);
  b.focus.set(ids[0] ?? '');
  b.session.say(label.slice(0, 1).toUpperCase() + label.slice(1));
}

/** Where a paste goes: under the pointer while it is over the canvas, the middle of the window otherwise. */
function spot(b: Board): Point {
  const v = b.view;
  if (!v) return { x: 0, y: 0 };
  const r = v.element.getBoundingClientRect();
  const p = b.pointer;
  const inside = p && p.x > r.left && p.x < r.right && p.y > r.top && p.y < r.bottom;
  return v.toCanvas(inside ? p : { x: r.left + r.width / 2, y: r.top + r.height / 2 });
}
