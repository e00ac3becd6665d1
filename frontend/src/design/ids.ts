// New ids are made here: readable, and unique without regard to case and dashes, since logical ids of the template
// come from them ("order-items" → "OrderItems").
import type { ID } from './types';

const longest = 40;

/** The id form of a name: [a-z][a-z0-9]*(-[a-z0-9]+)*, at most 40 characters; fallback where nothing is left of it. */
export function slug(name: string, fallback = 'node'): ID {
  const plain = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, longest)
    .replace(/-+$/, '');
  return plain || fallback;
}

const folded = (id: ID): string => id.toLowerCase().replace(/[-_]/g, '');

/** The wanted id, or it with the first free number behind. */
export function freeID(want: ID, taken: Iterable<ID>): ID {
  const used = new Set<string>();
  for (const id of taken) used.add(folded(id));
  if (!used.has(folded(want))) return want;
  for (let n = 2; ; n++) {
    const tail = `-${String(n)}`;
    const id = want.slice(0, longest - tail.length).replace(/-+$/, '') + tail;
    if (!used.has(folded(id))) return id;
  }
}

/** The wanted name, or it with the first free number behind ("queue 2"); case does not count. */
export function freeName(want: string, taken: Iterable<string>): string {
  const used = new Set<string>();
  for (const n of taken) used.add(n.toLowerCase());
  if (!used.has(want.toLowerCase())) return want;
  const stem = want.replace(/[ -]\d+$/, '');
  for (let n = 2; ; n++) {
    const name = `${stem}-${String(n)}`;
    if (!used.has(name.toLowerCase())) return name;
  }
}

/** The id of a wire between two nodes. */
export function edgeID(from: ID, to: ID, taken: Iterable<ID>): ID {
  const used = new Set(taken);
  const base = `${from}-to-${to}`.slice(0, 60);
  if (!used.has(base)) return base;
  for (let n = 2; ; n++) {
    const id = `${base}-${String(n)}`;
    if (!used.has(id)) return id;
  }
}
