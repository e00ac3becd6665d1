import { describe, expect, it } from 'vitest';
import { fakeKinds, fakeProtocols } from '../bridge/fakeshelf';
import { Shelf } from '../catalog/shelf';
import { fixture } from '../design/fixture';
import type { EdgeRecord } from '../design/types';
import { boxMaker, displaced } from './boxes';
import { curve, lanes, portPoint, portY, wireLabel } from './geometry';
import { along, next } from './walk';

const shelf = new Shelf(fakeKinds, fakeProtocols);
const d = fixture();

describe('geometry', () => {
  it('spreads ports over their side', () => {
    const spec = shelf.spec('aws.dynamodb');
    expect(portY(spec, 'in', 'in', 64)).toBe(32);
    expect(portY({ ...spec, ports: [...spec.ports, ...spec.ports] }, 'stream', 'out', 60)).toBe(20);
    expect(portY(spec, 'gone', 'out', 64)).toBe(32);
  });
  it('lets wires leave at the right and arrive at the left', () => {
    const worker = d.nodes.worker;
    if (!worker) throw new Error('the fixture has a worker');
    expect(portPoint(worker, shelf.spec(worker.kind), 'out', 'out')).toEqual({ x: 600, y: 152 });
    expect(portPoint(worker, shelf.spec(worker.kind), 'in', 'in')).toEqual({ x: 400, y: 152 });
  });
  it('draws a curve from end to end, and a wire to its own node over it', () => {
    const c = curve({ x: 0, y: 0 }, { x: 200, y: 100 }, 0);
    expect(c.d).toMatch(/^M0 0C100 0 100 100 194 100$/);
    expect(c.middle).toEqual({ x: 100, y: 50 });
    expect(curve({ x: 200, y: 32 }, { x: 0, y: 32 }, 0, { x: 0, y: 0, w: 200, h: 64 }).middle.y).toBeLessThan(0);
  });
  it('keeps parallel wires apart', () => {
    const wire = (id: string): EdgeRecord => ({
      id,
      from: { node: 'a', port: 'o' },
      to: { node: 'b', port: 'i' },
      protocol: 'route',
    });
    const of = lanes([wire('x'), wire('y'), wire('z')]);
    expect(new Set([...of.values()].map((v) => v + 0)).size).toBe(3);
    expect(curve({ x: 0, y: 0 }, { x: 200, y: 0 }, 1).middle.y).not.toBe(
      curve({ x: 0, y: 0 }, { x: 200, y: 0 }, -1).middle.y,
    );
  });
  it('labels a wire with its route, its access, or its verb', () => {
    const wire: EdgeRecord = {
      id: 'w',
      from: { node: 'a', port: 'o' },
      to: { node: 'b', port: 'i' },
      protocol: 'route',
    };
    const verb = (p: string): string => `${p}!`;
    expect(wireLabel({ ...wire, props: { method: 'POST', path: '/orders' } }, verb)).toBe('POST /orders');
    expect(wireLabel({ ...wire, access: 'read' }, verb)).toBe('read');
    expect(wireLabel(wire, verb)).toBe('route!');
  });
});

describe('walking', () => {
  it('goes in reading order and ends at the ends', () => {
    const order = [];
    for (let id: string | null = next(d, '', 1); id; id = next(d, id, 1)) order.push(id);
    expect(order).toEqual(['box', 'api', 'worker', 'queue']);
    expect(next(d, 'box', -1)).toBeNull();
    expect(next(d, '', -1)).toBe('queue');
  });
  it('goes along wires: node, wire, node', () => {
    expect(along(d, 'api', 'right')).toBe('api-to-worker');
    expect(along(d, 'api-to-worker', 'right')).toBe('worker');
    expect(along(d, 'worker', 'left')).toBe('api-to-worker');
    expect(along(d, 'api-to-worker', 'left')).toBe('api');
    expect(along(d, 'queue', 'right')).toBeNull();
  });
  it('goes through siblings, around the end', () => {
    const two = fixture();
    two.nodes.topic = { id: 'topic', kind: 'aws.sqs', name: 'topic', x: 720, y: 220 };
    two.edges.t = {
      id: 't',
      from: { node: 'worker', port: 'out' },
      to: { node: 'topic', port: 'in' },
      protocol: 'call',
      access: 'send',
    };
    expect(along(two, 'queue', 'down')).toBe('topic');
    expect(along(two, 'topic', 'down')).toBe('queue');
    expect(along(two, 'worker-to-queue', 'down')).toBe('t');
  });
});

describe('boxes', () => {
  const boxes = boxMaker(shelf);
  it('are the same objects while their records are', () => {
    const shown = displaced(d, null);
    const a = boxes(d, shown);
    const b = boxes({ ...d, nodes: { ...d.nodes, api: { ...d.nodes.api, x: 48 } as never } }, shown);
    expect(b.filter((n) => a.includes(n)).map((n) => n.id)).toEqual(['box', 'worker', 'queue']);
  });
  it('glide to where an edit has put them', () => {
    const back = new Map([['api', { x: -100, y: 40 }]]);
    const shown = displaced(d, { kind: 'glide', moving: new Set(['api']), back, left: 0.5 });
    expect(boxes(d, shown).find((n) => n.id === 'api')?.position).toEqual({ x: -10, y: 140 });
  });
  it('follow the hand, with the same data, so that what is in them is not drawn anew', () => {
    const shown = displaced(d, { kind: 'nudge', moving: new Set(['box']), by: { x: 10, y: 0 } });
    const still = boxes(d, displaced(d, null));
    const moved = boxes(d, shown);
    const at = (id: string, of: typeof moved) => of.find((n) => n.id === id);
    expect(at('worker', moved)?.position.x).toBe(410);
    expect(at('api', moved)).toBe(at('api', still));
    expect(at('worker', moved)?.data).toBe(at('worker', still)?.data);
  });
});
