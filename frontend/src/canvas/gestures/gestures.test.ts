import { describe, expect, it } from 'vitest';
import { fakeKinds, fakeProtocols } from '../../bridge/fakeshelf';
import { Shelf } from '../../catalog/shelf';
import { fixture } from '../../design/fixture';
import type { Design } from '../../design/types';
import * as connect from './connect';
import { Routes } from '../routes';
import type { Judge, Pointer, World } from './gesture';
import { align } from './guides';
import * as marquee from './marquee';
import * as move from './move';
import * as place from './place';
import * as resize from './resize';

const shelf = new Shelf(fakeKinds, fakeProtocols);
const judge: Judge = { spec: (k) => shelf.spec(k), verb: (p) => shelf.verb(p) };
const world = (design: Design = fixture(), zoom = 1): World => {
  const routes = new Routes(judge.spec);
  return { design, zoom, isGroup: shelf.isGroup, judge, course: (e) => routes.of(design, e) };
};
const at = (x: number, y: number, keys: Partial<Pointer> = {}): Pointer => ({
  x,
  y,
  shift: false,
  alt: false,
  ctrl: false,
  ...keys,
});

describe('moving', () => {
  const w = world();
  it('is the same value while it stays on one step of the grid', () => {
    const m = move.drag(move.press(w, new Set(), 'api', at(50, 130)), at(90, 300), w);
    expect(move.drag(m, at(91, 301), w)).toBe(m);
    expect(move.drag(m, at(91, 301, { alt: true }), w)).not.toBe(m);
    expect(move.drag(m, at(106, 301), w).by).not.toEqual(m.by);
  });
  it('selects on press and stays a click below the threshold', () => {
    const m = move.drag(move.press(w, new Set(), 'api', at(50, 130)), at(52, 131), w);
    expect(m.phase).toBe('pressed');
    expect(move.drop(m, w)).toEqual({ kind: 'click', selection: new Set(['api']) });
  });
  it('keeps a selection of several when one of them is dragged, and reduces it on a click', () => {
    const m = move.press(w, new Set(['api', 'queue']), 'api', at(50, 130));
    expect([...m.moving].sort()).toEqual(['api', 'queue']);
    expect(move.drop(m, w)).toEqual({ kind: 'click', selection: new Set(['api']) });
  });
  it('adds with Shift, and takes away on a Shift click', () => {
    expect(move.press(w, new Set(['api']), 'queue', at(0, 0, { shift: true })).selection).toEqual(
      new Set(['api', 'queue']),
    );
    const m = move.press(w, new Set(['api', 'queue']), 'queue', at(0, 0, { shift: true }));
    expect(move.drop(m, w)).toEqual({ kind: 'click', selection: new Set(['api']) });
  });
  it('takes the contents of a group along, and leaves what is locked', () => {
    const d = fixture();
    const locked = world({ ...d, nodes: { ...d.nodes, queue: { ...d.nodes.queue, locked: true } as never } });
    expect([...move.press(locked, new Set(), 'box', at(370, 50)).moving].sort()).toEqual(['box', 'worker']);
  });
  it('counts the threshold in screen pixels', () => {
    const far = world(fixture(), 0.1);
    const m = move.press(far, new Set(), 'api', at(50, 130));
    expect(move.drag(m, at(80, 130), far).phase).toBe('pressed');
    expect(move.drag(m, at(95, 130), far).phase).toBe('dragging');
  });
  it('snaps to the middle of a neighbour, and not with Ctrl', () => {
    const m = move.press(w, new Set(), 'api', at(50, 130));
    const near = move.drag(m, at(50 + 103, 130 + 4), w);
    expect(near.by.y).toBe(0);
    expect(near.guides.some((g) => g.axis === 'y')).toBe(true);
    expect(move.drag(m, at(153, 134, { ctrl: true }), w).by).toEqual({ x: 103, y: 4 });
  });
  it('keeps to a line with Shift, copies with Alt, and names the group that it enters', () => {
    const m = move.press(w, new Set(), 'api', at(50, 130));
    expect(move.drag(m, at(250, 160, { shift: true }), w).by.y).toBe(0);
    const copy = move.drag(m, at(250, 160, { alt: true }), w);
    expect(move.drop(copy, w)).toMatchObject({ kind: 'copy', ids: ['api'] });
    expect(move.drag(m, at(500, 200), w).into).toBe('box');
  });
  it('gives each moved node the group that its middle lies in', () => {
    const parent = move.parentAfter(w, new Set(['api']));
    expect(parent({ id: 'api', kind: 'aws.httpapi', name: 'api', x: 400, y: 200 })).toBe('box');
    expect(parent({ id: 'api', kind: 'aws.httpapi', name: 'api', x: 0, y: 400 })).toBeUndefined();
  });
});

describe('guides', () => {
  const box = { x: 0, y: 0, w: 200, h: 64 };
  it('snap to the grid where nothing is near', () => {
    expect(align(box, { x: 13, y: 21 }, [], 1)).toEqual({ by: { x: 16, y: 24 }, guides: [] });
  });
  it('prefer the nearest line, and reach less far in canvas units when zoomed in', () => {
    const other = { x: 303, y: 200, w: 200, h: 64 };
    expect(align(box, { x: 300, y: 0 }, [other], 1).by.x).toBe(303);
    expect(align(box, { x: 300, y: 0 }, [other], 4).by.x).toBe(304);
  });
  it('span both boxes', () => {
    const { guides } = align(box, { x: 300, y: 0 }, [{ x: 300, y: 200, w: 200, h: 64 }], 1);
    expect(guides).toEqual([{ axis: 'x', at: 300, from: 0, to: 264 }]);
  });
});

describe('the marquee', () => {
  const w = world();
  it('selects what it touches, groups only whole', () => {
    const m = marquee.drag(marquee.press(new Set(), at(0, 0)), at(450, 150), w);
    expect([...marquee.drop(m)].sort()).toEqual(['api', 'worker']);
    const all = marquee.drag(marquee.press(new Set(), at(0, 0)), at(1000, 400), w);
    expect([...marquee.drop(all)].sort()).toEqual(['api', 'box', 'queue', 'worker']);
  });
  it('works in every direction, and adds with Shift', () => {
    const m = marquee.drag(marquee.press(new Set(['queue']), at(300, 300, { shift: true })), at(0, 0), w);
    expect([...marquee.drop(m)].sort()).toEqual(['api', 'queue']);
  });
  it('selects nothing on a click', () => {
    expect(marquee.drop(marquee.press(new Set(['api']), at(0, 0))).size).toBe(0);
  });
});

describe('wiring', () => {
  const w = world();
  const press = (node: string, port: string, dir: 'in' | 'out') => connect.press(w, { node, port, dir }, at(600, 150));
  it('judges every node at once', () => {
    const c = press('worker', 'out', 'out');
    expect(c.targets.get('worker')?.ways.map((v) => v.access)).toEqual(['invoke']);
    expect(c.targets.get('queue')?.why).toMatch(/wired already/);
    expect(c.targets.get('api')?.why).toMatch(/Nothing goes into/);
    expect(c.targets.has('box')).toBe(false);
  });
  it('drops on a legal node with its ways, and on an illegal one with the reason', () => {
    const c = press('api', 'out', 'out');
    const on = connect.drag(c, at(450, 150), { node: 'worker', port: undefined }, w);
    expect(connect.drop(on)).toMatchObject({ kind: 'wire', from: 'api', to: 'worker', ways: [{ protocol: 'route' }] });
    const off = connect.drag(c, at(800, 150), { node: 'queue', port: undefined }, w);
    expect(connect.drop(off)).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/cannot be wired/) as string,
    });
  });
  it('may be drawn backwards', () => {
    const c = press('worker', 'in', 'in');
    const on = connect.drag(c, at(50, 150), { node: 'api', port: undefined }, w);
    expect(connect.drop(on)).toMatchObject({ kind: 'wire', from: 'api', to: 'worker' });
  });
  it('opens the picker far from its port, and forgets near it', () => {
    const c = press('worker', 'out', 'out');
    expect(connect.drop(connect.drag(c, at(700, 400), undefined, w))).toMatchObject({
      kind: 'open',
      at: { x: 700, y: 400 },
    });
    expect(connect.drop(connect.drag(c, at(620, 160), undefined, w))).toEqual({ kind: 'nothing' });
    expect(connect.drop(c)).toEqual({ kind: 'nothing' });
  });
});

describe('resizing', () => {
  const w = world();
  it('never makes a group smaller than what lies in it', () => {
    const r = resize.press(w, 'box', 'se', at(960, 280));
    const small = r && resize.drag(r, at(500, 100));
    expect(small?.rect).toMatchObject({ x: 360, y: 40, w: 568, h: 152 });
  });
  it('keeps the far side still, and tells when nothing changed', () => {
    const r = resize.press(w, 'box', 'w', at(360, 100));
    const wider = r && resize.drag(r, at(300, 100));
    expect(wider?.rect).toEqual({ x: 304, y: 40, w: 656, h: 240 });
    expect(r && resize.drop(r)).toBeNull();
  });
  it('leaves locked nodes alone', () => {
    const d = fixture();
    d.nodes.box = { ...d.nodes.box, locked: true } as never;
    expect(resize.press(world(d), 'box', 'e', at(0, 0))).toBeNull();
  });
});

describe('placing', () => {
  const spec = shelf.spec('aws.sqs');
  it('centres on the pointer, on the grid, and names the group', () => {
    const p = place.drag(place.press(spec), at(500, 163), world());
    expect(p.rect).toEqual({ x: 400, y: 128, w: 200, h: 64 });
    expect(p.into).toBe('box');
    expect(place.drag(p, null, world()).rect).toBeNull();
  });
  it('finds a free place', () => {
    const taken = [{ x: 0, y: 0, w: 200, h: 64 }];
    const r = place.freePlace(spec, { x: 100, y: 32 }, taken);
    expect(r.x >= 208 || r.y >= 72).toBe(true);
  });
});
