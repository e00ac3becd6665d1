import { describe, expect, it } from 'vitest';
import { fakeKinds, fakeProtocols } from '../bridge/fakeshelf';
import { Shelf } from '../catalog/shelf';
import { passes, rectOf } from '../design/geometry';
import type { Design, EdgeRecord, NodeRecord } from '../design/types';
import { fans } from './geometry';
import { detour, Routes } from './routes';

const shelf = new Shelf(fakeKinds, fakeProtocols);
const routes = (): Routes => new Routes((k) => shelf.spec(k));
const node = (id: string, x: number, y: number, kind = 'aws.lambda'): NodeRecord => ({ id, kind, name: id, x, y });
const wire = (from: string, to: string): EdgeRecord => ({
  id: `${from}-to-${to}`,
  from: { node: from, port: 'out' },
  to: { node: to, port: 'in' },
  protocol: 'call',
});
const drawing = (nodes: NodeRecord[], edges: EdgeRecord[]): Design => ({
  revision: 1,
  nodes: Object.fromEntries(nodes.map((n) => [n.id, n])),
  edges: Object.fromEntries(edges.map((e) => [e.id, e])),
  settings: {},
});

describe('routes', () => {
  const ab = wire('a', 'b');
  it('are plain where nothing is in the way', () => {
    const d = drawing([node('a', 0, 0), node('b', 600, 200)], [ab]);
    expect(routes().of(d, ab)?.d).toMatch(/^M200 32C/);
  });
  it('go around a node in the way, and end where they ended', () => {
    const d = drawing([node('a', 0, 0), node('m', 300, 0), node('b', 600, 0)], [ab]);
    const r = routes().of(d, ab);
    const middle = d.nodes.m;
    expect(r && middle && passes(r.points, rectOf(middle))).toBe(false);
    expect(r?.points[0]).toEqual({ x: 200, y: 32 });
    expect(r?.points.at(-1)).toEqual({ x: 600, y: 32 });
    expect(r?.d).toMatch(/Q.*L594 32$/);
  });
  it('let groups be crossed', () => {
    const g = { ...node('g', 250, -20, 'group'), w: 300, h: 200 };
    const d = drawing([node('a', 0, 0), g, node('b', 600, 0)], [ab]);
    expect(routes().of(d, ab)?.d).toContain('C');
  });
  it('lead back around both ends', () => {
    const d = drawing([node('a', 600, 0), node('b', 0, 0)], [ab]);
    const r = routes().of(d, ab);
    const [a, b] = [d.nodes.a, d.nodes.b];
    const shrunk = (n: NodeRecord) => ({ ...rectOf(n), x: n.x + 1, y: n.y + 1, w: 198, h: 62 });
    expect(r && a && b && (passes(r.points, shrunk(a)) || passes(r.points, shrunk(b)))).toBe(false);
  });
  it('are the same until something moves beside them', () => {
    const d = drawing([node('a', 0, 0), node('b', 600, 0), node('m', 300, 400), node('far', 300, 4000)], [ab]);
    const all = routes();
    const before = all.of(d, ab);
    const move = (id: string, y: number): Design => ({
      ...d,
      nodes: { ...d.nodes, [id]: { ...node(id, 300, y) } },
    });
    expect(all.of(move('far', 5000), ab)).toBe(before);
    const after = all.of(move('m', 0), ab);
    expect(after).not.toBe(before);
    expect(all.of(d, ab)?.d).toBe(before?.d);
  });
  it('turn one after the other where they share a port', () => {
    const back = (y: number, from: number) =>
      detour({ x: 0, y }, { x: -300, y: 400 }, 0, [], [{ x: -200, y: -32, w: 200, h: 64 }], { from, to: 0 });
    const [one, two] = [back(0, -7), back(14, 7)];
    expect(one?.[1]?.x).toBeGreaterThan(two?.[1]?.x ?? NaN);
  });
  it('give up where no way around is near', () => {
    const wall = { x: 100, y: -5000, w: 50, h: 10000 };
    expect(detour({ x: 0, y: 0 }, { x: 300, y: 0 }, 0, [wall])).not.toBeNull();
    const box = [
      wall,
      { x: -50, y: -60, w: 120, h: 40 },
      { x: -50, y: 20, w: 120, h: 40 },
      { x: 40, y: -30, w: 10, h: 60 },
    ];
    expect(detour({ x: 0, y: 0 }, { x: 300, y: 0 }, 0, box)).toBeNull();
  });
});

describe('bundles', () => {
  it('fan out at a shared port, in the order of their other ends', () => {
    const d = drawing(
      [node('low', 0, 300), node('high', 0, 0), node('b', 600, 100)],
      [wire('low', 'b'), wire('high', 'b')],
    );
    const fan = fans(d);
    expect(fan.get('high-to-b')).toEqual({ from: 0, to: -3.5 });
    expect(fan.get('low-to-b')).toEqual({ from: 0, to: 3.5 });
  });
});
