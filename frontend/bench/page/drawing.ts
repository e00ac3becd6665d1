// The drawing that both pages show: boxes in a grid, 1.3 wires each, so that every size looks alike.
import { fakeKinds } from '../../src/bridge/fakeshelf';
import type { Direction } from '../../src/catalog/types';
import type { Design, EdgeRecord, ID, NodeRecord } from '../../src/design/types';

/** Kinds that can be wired on. */
const kinds = fakeKinds.filter((k) => k.ports.some((p) => p.dir === 'in') && k.ports.some((p) => p.dir === 'out'));
const props = { memory: 512, timeout: 30 };

export const idOf = (i: number): ID => `n${String(i)}`;

/** How many boxes stand in a row: as wide as high on a screen. */
export const columns = (n: number): number => Math.ceil(Math.sqrt(n * 0.7));

export function drawing(n: number): Design {
  const nodes: Record<ID, NodeRecord> = {};
  const edges: Record<ID, EdgeRecord> = {};
  const row = columns(n);
  const kindOf = (i: number): (typeof kinds)[number] => kinds[i % kinds.length] as (typeof kinds)[number];
  const port = (i: number, dir: Direction): string => kindOf(i).ports.find((p) => p.dir === dir)?.id ?? '';
  const wire = (a: number, b: number): void => {
    const id = `w${String(Object.keys(edges).length)}`;
    edges[id] = {
      id,
      from: { node: idOf(a), port: port(a, 'out') },
      to: { node: idOf(b), port: port(b, 'in') },
      protocol: 'call',
      access: a % 2 ? 'read' : 'write',
    };
  };
  for (let i = 0; i < n; i++) {
    const id = idOf(i);
    const [x, y] = [(i % row) * 288, Math.floor(i / row) * 128];
    nodes[id] = { id, kind: kindOf(i).id, name: `${kindOf(i).noun}-${String(i)}`, x, y, props };
  }
  for (let i = 0; i < n; i++) wire(i, (i + 1) % n);
  for (let i = 0; i < Math.floor(n * 0.3); i++) wire(i * 3, (i * 3 + row) % n);
  return { revision: 1, nodes, edges, settings: {} };
}

/** The box in the middle, and then those around it: what the bench drags. */
export function middle(n: number, count: number): ID[] {
  const row = columns(n);
  const centre = { x: row >> 1, y: Math.ceil(n / row) >> 1 };
  const away = (i: number): number => Math.hypot((i % row) - centre.x, Math.floor(i / row) - centre.y);
  const all = Array.from({ length: n }, (_, i) => i).sort((a, b) => away(a) - away(b));
  return all.slice(0, count).map(idOf);
}
