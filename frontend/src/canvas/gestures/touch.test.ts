import { describe, expect, it } from 'vitest';
import { down, hold, move, none, type Step, type Touch, up } from './touch';

const at = (x: number, y: number) => ({ x, y });
const state = (s: Step): Touch => s[0];
const one = state(down(none, 1, at(100, 100), false));
const two = state(down(one, 2, at(200, 100), false));

describe('one finger', () => {
  it('pans, from where it came down', () => {
    expect(move(one, 1, at(105, 100))).toEqual([one]);
    const pan = move(one, 1, at(120, 90));
    expect(pan[1]).toEqual({ kind: 'view', at: at(120, 90), by: at(20, -10), factor: 1 });
    expect(move(state(pan), 1, at(121, 90))[1]).toMatchObject({ by: at(1, 0) });
    expect(up(state(pan), 1)).toEqual([none]);
  });
  it('taps', () => {
    expect(up(one, 1)).toEqual([none, { kind: 'tap' }]);
    expect(up(one, 1, true)).toEqual([none]);
  });
  it('takes what it rests on, and then leaves the window alone', () => {
    const held = hold(one);
    expect(held[1]).toEqual({ kind: 'take', id: 1 });
    expect(move(state(held), 1, at(300, 300))).toEqual([state(held)]);
    expect(down(state(held), 2, at(0, 0), false)).toEqual([state(held)]);
    expect(up(state(held), 1)).toEqual([none]);
  });
  it('takes nothing once it pans', () => {
    const pan = state(move(one, 1, at(150, 100)));
    expect(hold(pan)).toEqual([pan]);
  });
  it('takes a port at once', () => {
    expect(down(none, 1, at(0, 0), true)[1]).toEqual({ kind: 'take', id: 1 });
  });
});

describe('two fingers', () => {
  it('zoom about the place between them', () => {
    expect(move(two, 2, at(300, 100))[1]).toEqual({ kind: 'view', at: at(200, 100), by: at(50, 0), factor: 2 });
  });
  it('pan together', () => {
    const first = move(two, 1, at(100, 140));
    const second = move(state(first), 2, at(200, 140));
    const by = [first, second].map((s) => (s[1]?.kind === 'view' ? s[1].by.y : NaN));
    expect(by).toEqual([20, 20]);
  });
  it('become one finger that pans, and never tap', () => {
    const left = state(up(two, 1));
    expect(left).toMatchObject({ kind: 'pan', finger: { id: 2 } });
    expect(up(left, 2)).toEqual([none]);
  });
  it('that lie on one another do not zoom', () => {
    expect(move(two, 2, at(100, 100))[1]).toMatchObject({ factor: 1 });
  });
  it('take no third', () => {
    expect(down(two, 3, at(0, 0), true)).toEqual([two]);
    expect(move(two, 3, at(9, 9))).toEqual([two]);
  });
});
