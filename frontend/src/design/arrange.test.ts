import { describe, expect, it } from 'vitest';
import { applyDiff } from './apply';
import { align, distribute, type Line, order } from './arrange';
import { fixture } from './fixture';
import type { Design, Diff } from './types';

const place = (d: Design, diff: Diff, id: string): [number, number] => {
  const n = applyDiff(d, diff).nodes[id];
  return [n?.x ?? NaN, n?.y ?? NaN];
};
const three = (): Design => {
  const d = fixture();
  d.nodes = {
    a: { id: 'a', kind: 'k', name: 'a', x: 0, y: 0 },
    b: { id: 'b', kind: 'k', name: 'b', x: 250, y: 40, w: 100, h: 50 },
    c: { id: 'c', kind: 'k', name: 'c', x: 900, y: 300 },
  };
  d.edges = {};
  return d;
};

describe('aligning', () => {
  const d = three();
  it.each<[Line, [number, number]]>([
    ['left', [0, 40]],
    ['right', [1000, 40]],
    ['top', [250, 0]],
    ['bottom', [250, 314]],
    ['centre', [500, 40]],
    ['middle', [250, 157]],
  ])('to the %s', (line, want) => {
    expect(place(d, align(d, ['a', 'b', 'c'], line), 'b')).toEqual(want);
  });
  it('goes to what is locked', () => {
    const locked = { ...d, nodes: { ...d.nodes, b: { ...d.nodes.b, locked: true } as never } };
    const diff = align(locked, ['a', 'b', 'c'], 'left');
    expect([place(locked, diff, 'a')[0], place(locked, diff, 'b')[0], place(locked, diff, 'c')[0]]).toEqual([
      250, 250, 250,
    ]);
  });
  it('takes what lies in a group along', () => {
    const g = fixture();
    const diff = align(g, ['api', 'box', 'worker'], 'left');
    expect(place(g, diff, 'box')[0]).toBe(40);
    expect(place(g, diff, 'worker')[0]).toBe(80);
    expect(place(g, diff, 'queue')[0]).toBe(400);
  });
  it('is nothing for one, and for those that are in line', () => {
    expect(align(d, ['a'], 'left')).toEqual({});
    expect(align(fixture(), ['worker', 'queue'], 'top')).toEqual({});
  });
});

describe('ordering', () => {
  const d = three();
  d.nodes.b = { ...d.nodes.b, x: 100 } as never;
  const all = (): boolean => true;
  const z = (of: Design, diff: Diff, id: string) => applyDiff(of, diff).nodes[id]?.z;
  it('brings a node before and behind those that it touches', () => {
    expect(z(d, order(d, ['a'], 1, all), 'a')).toBe(1);
    expect(z(d, order(d, ['a'], -1, all), 'a')).toBe(-1);
    const front = applyDiff(d, order(d, ['a'], 1, all));
    expect(order(front, ['a'], 1, all)).toEqual({});
    expect(z(front, order(front, ['b'], 1, all), 'b')).toBe(2);
    expect(z(front, order(front, ['a'], -1, all), 'a')).toBe(-1);
  });
  it('is nothing where nothing is touched, or nothing alike', () => {
    expect(order(d, ['c'], 1, all)).toEqual({});
    expect(order(d, ['a'], 1, () => false)).toEqual({});
  });
});

describe('distributing', () => {
  const d = three();
  it('makes gaps equal and leaves the outermost', () => {
    const diff = distribute(d, ['c', 'a', 'b'], 'x');
    expect([place(d, diff, 'a')[0], place(d, diff, 'b')[0], place(d, diff, 'c')[0]]).toEqual([0, 500, 900]);
    expect(place(d, distribute(d, ['a', 'b', 'c'], 'y'), 'b')[1]).toBe(157);
  });
  it('needs three', () => {
    expect(distribute(d, ['a', 'b'], 'x')).toEqual({});
  });
});
