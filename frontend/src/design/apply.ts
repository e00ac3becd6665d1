// Applying and reversing diffs, with the rules of backend/design (testdata/apply.txtar is read by both).
import { equal } from './equal';
import type { Change, Design, Diff, ID } from './types';

/** A diff that does not fit the drawing. */
export class ApplyError extends Error {
  readonly where: ID;
  constructor(where: ID, message: string) {
    super(message);
    this.where = where;
  }
}

/** Applies a diff and gives a new drawing at the next revision; what did not change is shared. Throws ApplyError. */
export function applyDiff(design: Design, diff: Diff): Design {
  return {
    revision: design.revision + 1,
    nodes: applyChange('node', design.nodes, diff.nodes),
    edges: applyChange('edge', design.edges, diff.edges),
    settings: applyChange('setting', design.settings, diff.settings),
  };
}

function applyChange<R extends { id: ID }>(what: string, table: Record<ID, R>, change?: Change<R>): Record<ID, R> {
  if (!change || isZero(change)) return table;
  const out = { ...table };
  for (const [id, r] of Object.entries(change.removed ?? {})) {
    if (!(id in table)) throw new ApplyError(id, `${what} ${id} is not there to be removed`);
    if (!same(table[id], r)) throw new ApplyError(id, `${what} ${id} has changed since`);
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a fresh copy
    delete out[id];
  }
  for (const [id, pair] of Object.entries(change.updated ?? {})) {
    if (!(id in out)) throw new ApplyError(id, `${what} ${id} is not there to be changed`);
    if (!same(out[id], pair.before)) throw new ApplyError(id, `${what} ${id} has changed since`);
    if (pair.after.id !== id) throw new ApplyError(id, `${what} ${id} cannot change its id`);
    out[id] = pair.after;
  }
  for (const [id, r] of Object.entries(change.added ?? {})) {
    if (id in out) throw new ApplyError(id, `${what} ${id} is there already`);
    if (r.id !== id) throw new ApplyError(id, `${what} ${id} is filed under another id`);
    out[id] = r;
  }
  return out;
}

/** What Go leaves out of a record where it is empty. */
const optional = new Set(['w', 'h', 'z', 'parent', 'locked', 'props', 'access']);

/** Compares records: an optional part that is empty equals one that is absent. Within props every value counts. */
function same<R extends object>(a: R | undefined, b: R): boolean {
  return a !== undefined && (a === b || equal(lean(a), lean(b)));
}

const lean = (r: object): object =>
  Object.fromEntries(Object.entries(r).filter(([k, v]) => !optional.has(k) || !isEmptyValue(v)));

const isEmptyValue = (v: unknown): boolean => !v || (typeof v === 'object' && Object.keys(v).length === 0);

/** The diff that takes the change back. */
export function invert(diff: Diff): Diff {
  const out: Diff = {};
  if (diff.nodes) out.nodes = invertChange(diff.nodes);
  if (diff.edges) out.edges = invertChange(diff.edges);
  if (diff.settings) out.settings = invertChange(diff.settings);
  return out;
}

function invertChange<R>(c: Change<R>): Change<R> {
  const out: Change<R> = {};
  if (c.removed) out.added = c.removed;
  if (c.added) out.removed = c.added;
  if (c.updated) {
    out.updated = Object.fromEntries(
      Object.entries(c.updated).map(([id, p]) => [id, { before: p.after, after: p.before }]),
    );
  }
  return out;
}

const isZero = (c?: Change<unknown>): boolean =>
  !c ||
  Object.keys(c.added ?? {}).length + Object.keys(c.updated ?? {}).length + Object.keys(c.removed ?? {}).length === 0;

/** Tells whether nothing happened. */
export const isEmpty = (d: Diff): boolean => isZero(d.nodes) && isZero(d.edges) && isZero(d.settings);

/** Tells whether a drawing is already as the diff leaves it: a repeated diff whose first answer was lost. */
export function holds(design: Design, diff: Diff): boolean {
  return (
    changeHolds(design.nodes, diff.nodes) &&
    changeHolds(design.edges, diff.edges) &&
    changeHolds(design.settings, diff.settings)
  );
}

function changeHolds<R extends object>(table: Record<ID, R>, c?: Change<R>): boolean {
  return (
    Object.entries(c?.added ?? {}).every(([id, r]) => same(table[id], r)) &&
    Object.entries(c?.updated ?? {}).every(([id, p]) => same(table[id], p.after)) &&
    Object.keys(c?.removed ?? {}).every((id) => !(id in table) || id in (c?.added ?? {}))
  );
}
