// Keys as texts ("Ctrl+Shift+D", "G U"): written once in the table of actions, matched here, shown in menus.

/** What of a keyboard event counts. */
export type Stroke = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

interface Chord {
  ctrl: boolean;
  shift: boolean;
  alt: boolean;
  key: string;
}

function parse(text: string): Chord {
  // "Ctrl++" is Ctrl with the plus key.
  const parts = text.endsWith('++') ? [...text.slice(0, -2).split('+'), '+'] : text.split('+');
  const key = parts.at(-1) ?? '';
  return { ctrl: parts.includes('Ctrl'), shift: parts.includes('Shift'), alt: parts.includes('Alt'), key };
}

/** Signs whose Shift belongs to the keyboard's layout and not to the chord. */
const signs = /^[^A-Za-z0-9\s]$/;

/** Tells whether a stroke is a chord. Alt changes what letters write, so they are then known by their place. */
export function matches(text: string, e: Stroke): boolean {
  const c = parse(text);
  if (c.ctrl !== (e.ctrlKey || e.metaKey) || c.alt !== e.altKey) return false;
  if (signs.test(c.key)) return e.key === c.key;
  if (c.shift !== e.shiftKey) return false;
  if (/^[0-9]$/.test(c.key)) return e.code === `Digit${c.key}` || e.code === `Numpad${c.key}`;
  if (/^[A-Z]$/.test(c.key)) {
    const latin = /^[a-z]$/i.test(e.key);
    return e.altKey || !latin ? e.code === `Key${c.key}` : e.key.toUpperCase() === c.key;
  }
  return e.key === c.key;
}

/** Follows strokes and finds the first whose keys they complete; "G U" is one stroke after the other. */
export class Strokes {
  private before: Stroke | null = null;
  private at = 0;

  /** The first of the candidates that the stroke completes; null for none. */
  find<T extends { keys?: readonly string[] }>(all: readonly T[], e: Stroke, now: number): T | null {
    const before = now - this.at < 1500 ? this.before : null;
    this.before = null;
    for (const a of all) {
      for (const k of a.keys ?? []) {
        const [first = '', second] = k.split(' ');
        if (second ? before && matches(first, before) && matches(second, e) : matches(first, e)) return a;
      }
    }
    // A stroke that begins a sequence waits for the next.
    if (all.some((a) => a.keys?.some((k) => k.includes(' ') && matches(k.split(' ')[0] ?? '', e)))) {
      this.before = {
        key: e.key,
        code: e.code,
        ctrlKey: e.ctrlKey,
        metaKey: e.metaKey,
        shiftKey: e.shiftKey,
        altKey: e.altKey,
      };
      this.at = now;
    }
    return null;
  }
}

const mac = typeof navigator !== 'undefined' && /Mac/.test(navigator.userAgent);
const words: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Delete: 'Del',
  Escape: 'Esc',
  Enter: '↵',
};
const macWords: Record<string, string> = { Ctrl: '⌘', Shift: '⇧', Alt: '⌥' };

/** A chord as people read it: "Ctrl Shift D". */
export const shown = (text: string): string =>
  text
    .split(' ')
    .map((chord) => {
      const c = parse(chord);
      const mods = [c.ctrl && 'Ctrl', c.alt && 'Alt', c.shift && 'Shift'].filter((m): m is string => !!m);
      return [...mods.map((m) => (mac ? (macWords[m] ?? m) : m)), words[c.key] ?? c.key].join(' ');
    })
    .join(' then ');
