import { describe, expect, it } from 'vitest';
import { action, actions } from './actions';
import { type Chosen, chordOf, give, holder, keysOf, plain, refusal, reset, take } from './keymap';
import { matches, type Stroke } from './keys';

const stroke = (key: string, code: string, more: Partial<Stroke> = {}): Stroke => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});
const duplicate = action('edit.duplicate');
const undo = action('edit.undo');
const upstream = action('select.upstream');

describe('a stroke', () => {
  it.each([
    [stroke('k', 'KeyK', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+K'],
    [stroke('Î', 'KeyD', { altKey: true, shiftKey: true }), 'Alt+Shift+D'],
    [stroke('!', 'Digit1', { shiftKey: true }), 'Shift+1'],
    [stroke('?', 'Slash', { shiftKey: true }), '?'],
    [stroke('+', 'Equal', { ctrlKey: true, shiftKey: true }), 'Ctrl++'],
    [stroke('ArrowUp', 'ArrowUp', { altKey: true }), 'Alt+ArrowUp'],
    [stroke('F2', 'F2'), 'F2'],
    [stroke('Shift', 'ShiftLeft', { shiftKey: true }), null],
  ])('is written as the table writes it, and found again: %#', (e, text) => {
    expect(chordOf(e)).toBe(text);
    if (text) expect(matches(text, e)).toBe(true);
  });

  it('has one spelling', () => {
    expect(plain('Shift+Ctrl+D')).toBe('Ctrl+Shift+D');
    expect(plain('Ctrl++')).toBe('Ctrl++');
    expect(plain('G U')).toBe('G U');
  });
});

describe('keys of one’s own', () => {
  it('take the place of the table’s, and can be taken away', () => {
    const chosen = give({}, duplicate, 'Ctrl+Shift+K');
    expect(keysOf(chosen, duplicate)).toEqual(['Ctrl+D', 'Ctrl+Shift+K']);
    const only = take(chosen, duplicate, 'Ctrl+D');
    expect(keysOf(only, duplicate)).toEqual(['Ctrl+Shift+K']);
    expect(keysOf(take(only, duplicate, 'Ctrl+Shift+K'), duplicate)).toEqual([]);
    expect(keysOf(only, undo)).toEqual(['Ctrl+Z']);
  });

  it('are taken from whoever has them, so that no key means two things', () => {
    expect(holder({}, 'Ctrl+Z', duplicate.id)).toBe(undo);
    const chosen = give({}, duplicate, 'Ctrl+Z');
    expect(keysOf(chosen, undo)).toEqual([]);
    const all = actions.flatMap((a) => keysOf(chosen, a).map(plain));
    expect(all.filter((k, i) => all.indexOf(k) !== i)).toEqual([]);
    expect(reset(chosen, undo)).toEqual({});
  });

  it('know that a sequence needs its first key', () => {
    expect(holder({}, 'G', duplicate.id)).toBe(upstream);
    const chosen = give({}, duplicate, 'G');
    expect(keysOf(chosen, upstream)).toEqual([]);
    expect(holder(chosen, 'G', duplicate.id)).toBeUndefined();
  });

  it('that are the table’s are not kept', () => {
    const chosen: Chosen = take(give({}, duplicate, 'F9'), duplicate, 'F9');
    expect(chosen).toEqual({});
  });

  it('are refused where they can never arrive', () => {
    expect(refusal('Ctrl+W', false)).not.toBe('');
    expect(refusal('Ctrl+W', true)).toBe('');
    expect(refusal('Escape', true)).not.toBe('');
    expect(refusal('Ctrl+D', false)).toBe('');
  });
});
