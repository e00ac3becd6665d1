import { beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeBridge } from '../../bridge/fake';
import { fakeKinds, fakeProtocols } from '../../bridge/fakeshelf';
import { Shelf } from '../../catalog/shelf';
import { fixture } from '../../design/fixture';
import type { Design } from '../../design/types';
import { Session } from '../../session/session';
import { Board } from '../board';
import { Routes } from '../routes';
import { add, moveTo } from '../verbs';
import { healSelected, leadTo } from '../wiring';
import * as connect from './connect';
import type { Judge, Pointer, World } from './gesture';
import * as move from './move';
import * as place from './place';
import { into, like } from './splice';

const shelf = new Shelf(fakeKinds, fakeProtocols);
const judge: Judge = { spec: (k) => shelf.spec(k), verb: (p) => shelf.verb(p) };
const world = (design: Design): World => {
  const routes = new Routes(judge.spec);
  return { design, zoom: 1, isGroup: shelf.isGroup, judge, course: (e) => routes.of(design, e) };
};
const at = (x: number, y: number, keys: Partial<Pointer> = {}): Pointer => ({
  x,
  y,
  shift: false,
  alt: false,
  ctrl: false,
  ...keys,
});
/** The worker and the queue far apart, with room between them, and a function beside that is not wired. */
const wide = (): Design => {
  const d = fixture();
  d.nodes.queue = { ...d.nodes.queue, x: 1200 } as never;
  d.nodes.spare = { id: 'spare', kind: 'aws.lambda', name: 'spare', x: 800, y: 500 };
  return d;
};

describe('a node over a wire', () => {
  const w = world(wide());
  it('comes into it where both joins are legal, and says which', () => {
    const m = move.press(w, new Set(), 'spare', at(900, 530));
    const over = move.drag(m, at(1000, 150, {}), w);
    expect(over.onto).toMatchObject({ wire: 'worker-to-queue', second: { protocol: 'call', access: 'send' } });
    expect(move.drop(over, w)).toMatchObject({ kind: 'move', onto: { wire: 'worker-to-queue' } });
  });
  it('does not with Ctrl, nor as a copy, nor beside the wire', () => {
    const m = move.press(w, new Set(), 'spare', at(900, 530));
    expect(move.drag(m, at(1000, 150, { ctrl: true }), w).onto).toBeUndefined();
    expect(move.drag(m, at(1000, 150, { alt: true }), w).onto).toBeUndefined();
    expect(move.drag(m, at(1000, 260), w).onto).toBeUndefined();
  });
  it('does not where it is wired already', () => {
    const m = move.press(w, new Set(), 'api', at(50, 130));
    expect(move.drag(m, at(950, 150), w).onto).toBeUndefined();
  });
  it('may be one from the palette', () => {
    const p = place.drag(place.press(shelf.spec('aws.lambda')), at(900, 152), w);
    expect(p.onto?.wire).toBe('worker-to-queue');
    const q = place.drag(place.press(shelf.spec('note')), at(900, 152), w);
    expect(q.onto).toBeUndefined();
  });
  it('is judged without the wire, which may be all that a port takes', () => {
    const d = wide();
    const [e, spare] = [d.edges['worker-to-queue'], d.nodes.spare];
    if (!e || !spare) throw new Error('the drawing has both');
    expect(into(d, spare, e, judge)).toMatchObject({ first: { fromPort: 'out' }, second: { toPort: 'in' } });
    expect(into(d, { ...spare, kind: 'note' }, e, judge)).toBeUndefined();
  });
  it('is joined as the wire was where it can be', () => {
    const way = (protocol: string, access: string) => ({ fromPort: 'o', toPort: 'i', protocol, access });
    const ways = [way('call', 'read'), way('call', 'write'), way('push', '')];
    const e = { id: 'e', from: { node: 'a', port: 'o' }, to: { node: 'b', port: 'i' }, protocol: 'call' };
    expect(like(ways, [{ ...e, access: 'write' }])).toBe(ways[1]);
    expect(like(ways, [{ ...e, access: 'gone' }])).toBe(ways[0]);
    expect(like(ways, [{ ...e, protocol: 'none' }])).toBe(ways[0]);
    expect(like([], [e])).toBeUndefined();
  });
});

describe('the end of a wire', () => {
  const w = world(wide());
  it('comes into the hand where it is nearer, and the other one holds', () => {
    expect(connect.grab(w, 'worker-to-queue', at(1150, 150))).toMatchObject({ node: 'worker', dir: 'out' });
    expect(connect.grab(w, 'worker-to-queue', at(620, 150))).toMatchObject({ node: 'queue', dir: 'in' });
  });
  it('may go back to where it was, and is nothing where it is dropped on nothing', () => {
    const c = connect.grab(w, 'worker-to-queue', at(1150, 150));
    if (!c) throw new Error('the wire is there');
    expect(c.targets.get('queue')?.ways.length).toBeGreaterThan(0);
    const off = connect.drag(c, at(1000, 500), undefined, w);
    expect(connect.drop(off)).toEqual({ kind: 'nothing' });
    const on = connect.drag(c, at(850, 530), { node: 'spare', port: undefined }, w);
    expect(connect.drop(on)).toMatchObject({ kind: 'wire', from: 'worker', to: 'spare' });
  });
});

describe('chains on the board', () => {
  let b: Board;
  beforeEach(async () => {
    const bridge = fakeBridge();
    await bridge.call('create', { name: 'shop', sample: 'orders' });
    const session = new Session(bridge);
    await session.load();
    b = new Board(session);
  });
  const known = (on: Board) => {
    const e = on.design.edges['create-order-to-orders'];
    if (!e) throw new Error('the sample has the wire');
    return e;
  };
  const wires = (): string[] =>
    Object.values(b.design.edges)
      .map((e) => `${e.from.node} ${e.to.node}`)
      .sort();

  it('take in a new node and a moved one, each in one step', async () => {
    const before = wires();
    const e = known(b);
    const stand = { id: ' ', kind: 'aws.lambda', name: 'x', x: 0, y: 0 };
    const s = into(b.design, stand, e, b.judge);
    if (!s) throw new Error('a function fits');
    add(b, b.session.shelf.spec('aws.lambda'), { x: 0, y: 900, w: 200, h: 64 }, s);
    const [made = ''] = b.selected;
    expect(wires()).toContain(`${e.from.node} ${made}`);
    expect(wires()).toContain(`${made} ${e.to.node}`);
    expect(wires()).not.toContain(`${e.from.node} ${e.to.node}`);
    await vi.waitFor(() => {
      expect(b.session.project.get()?.saving.state).toBe('saved');
    });
    await b.session.undo();
    expect(wires()).toEqual(before);
    expect(b.design.nodes[made]).toBeUndefined();

    add(b, b.session.shelf.spec('aws.lambda'), { x: 0, y: 900, w: 200, h: 64 });
    const [moved = ''] = b.selected;
    moveTo(b, [moved], { x: 100, y: 0 }, () => undefined, s);
    expect(wires()).toContain(`${e.from.node} ${moved}`);
    expect(b.design.nodes[moved]?.x).toBe(100);
  });

  it('heal where a node is deleted', async () => {
    const e = known(b);
    const s = into(b.design, { id: ' ', kind: 'aws.lambda', name: 'x', x: 0, y: 0 }, e, b.judge);
    const before = wires();
    add(b, b.session.shelf.spec('aws.lambda'), { x: 0, y: 900, w: 200, h: 64 }, s);
    healSelected(b);
    expect(wires()).toEqual(before);
    await vi.waitFor(() => {
      expect(b.session.project.get()?.saving.state).toBe('saved');
    });
    await b.session.undo();
    expect(wires()).not.toEqual(before);
  });

  it('keep a wire that is led elsewhere the wire that it was', () => {
    const e = known(b);
    leadTo(b, e.id, 'report', 'orders', [{ fromPort: 'out', toPort: 'in', protocol: 'call', access: 'write' }]);
    expect(b.design.edges[e.id]).toMatchObject({ from: { node: 'report' }, access: 'write' });
    expect(wires()).not.toContain('create-order orders');
  });
});
