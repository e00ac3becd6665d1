// Which keys an action has: those of the table, or those that a person has chosen instead.
import type { Prefs } from '../session/prefs';
import { type Action, actions } from './actions';
import type { Stroke } from './keys';

export type Chosen = Prefs['keys'];

const none: readonly string[] = [];

export const keysOf = (chosen: Chosen, a: Action): readonly string[] => chosen[a.id] ?? a.keys ?? none;

/** Keys whose Shift belongs to the layout: "?" is "?" wherever it lies. */
const sign = /^[^A-Za-z0-9\s]$/;

/** A stroke as it is written in the table; null for what is no chord of its own: a modifier, a dead key. */
export function chordOf(e: Stroke): string | null {
  if (['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Unidentified', 'CapsLock'].includes(e.key)) return null;
  // Alt changes what letters and digits write, Shift what digits write: both are known by their place.
  const place = /^(?:Key([A-Z])|Digit([0-9]))$/.exec(e.code);
  const placed = (e.altKey || /\d/.test(place?.[2] ?? '')) && place ? (place[1] ?? place[2]) : undefined;
  const key = placed ?? (e.key === ' ' ? 'Space' : e.key.length === 1 ? e.key.toUpperCase() : e.key);
  const shift = e.shiftKey && !sign.test(key);
  return [e.ctrlKey || e.metaKey ? 'Ctrl' : '', e.altKey ? 'Alt' : '', shift ? 'Shift' : '', key]
    .filter(Boolean)
    .join('+');
}

/** One spelling for one chord: modifiers in one order. */
export function plain(keys: string): string {
  return keys
    .split(' ')
    .map((chord) => {
      const parts = chord.endsWith('++') ? [...chord.slice(0, -2).split('+'), '+'] : chord.split('+');
      const key = parts.pop() ?? '';
      return [...['Ctrl', 'Alt', 'Shift'].filter((m) => parts.includes(m)), key].join('+');
    })
    .join(' ');
}

/** Who else has a chord, or a sequence that begins with it. */
export function holder(chosen: Chosen, keys: string, except: string): Action | undefined {
  const wanted = plain(keys);
  return actions.find(
    (a) =>
      a.id !== except &&
      keysOf(chosen, a).some(
        (k) => plain(k) === wanted || plain(k).split(' ')[0] === wanted || plain(k) === wanted.split(' ')[0],
      ),
  );
}

/** Keys that a browser keeps for itself, and never gives to a page. */
const kept = new Set([
  'Ctrl+N',
  'Ctrl+T',
  'Ctrl+W',
  'Ctrl+Shift+N',
  'Ctrl+Shift+T',
  'Ctrl+Shift+W',
  'Ctrl+Tab',
  'Ctrl+Shift+Tab',
]);

/** Why a chord cannot be chosen, "" where it can: what writes text or leaves a dialog is no shortcut of one's own. */
export function refusal(keys: string, window: boolean): string {
  if (!window && kept.has(plain(keys))) return 'The browser keeps this key for itself.';
  if (['Tab', 'Shift+Tab', 'Escape', 'Enter', 'Space'].includes(plain(keys)))
    return 'This key is needed to move around.';
  return '';
}

/** Gives an action a chord, taking it from whoever has it. */
export function give(chosen: Chosen, a: Action, keys: string): Chosen {
  const out = { ...chosen };
  const wanted = plain(keys);
  for (let other = holder(out, keys, a.id); other; other = holder(out, keys, a.id)) {
    const rest = keysOf(out, other).filter((k) => plain(k) !== wanted && plain(k).split(' ')[0] !== wanted);
    if (rest.length === keysOf(out, other).length) break;
    out[other.id] = rest;
  }
  return settle({ ...out, [a.id]: [...keysOf(out, a).filter((k) => plain(k) !== wanted), keys] });
}

export const take = (chosen: Chosen, a: Action, keys: string): Chosen =>
  settle({ ...chosen, [a.id]: keysOf(chosen, a).filter((k) => k !== keys) });

/** Gives an action its own keys back, taking them from whoever got them. */
export function reset(chosen: Chosen, a: Action): Chosen {
  let out: Chosen = { ...chosen, [a.id]: [] };
  for (const k of a.keys ?? none) out = give(out, a, k);
  return settle(out);
}

/** Only what differs from the table is kept. */
function settle(chosen: Chosen): Chosen {
  return Object.fromEntries(
    Object.entries(chosen).filter(([id, keys]) => {
      const own = actions.find((a) => a.id === id)?.keys ?? none;
      return keys.length !== own.length || keys.some((k) => !own.includes(k));
    }),
  );
}
