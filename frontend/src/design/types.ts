// The drawing as data, as backend/design has it: a flat set of records by id, changed only by applying a Diff.

/** Names a record: [a-z][a-z0-9_-]{0,63}, unique within a design, stable for the record's life. */
export type ID = string;

/** Field values of a node or an edge: JSON values. */
export type Props = Record<string, unknown>;

export interface NodeRecord {
  id: ID;
  kind: string;
  name: string;
  /** Canvas units, top left, absolute (not relative to the parent). */
  x: number;
  y: number;
  /** Size where the kind can be resized (groups, notes), else absent. */
  w?: number;
  h?: number;
  /** The group it lies in. */
  parent?: ID;
  /** What lies over what among nodes of a shape: higher is nearer. */
  z?: number;
  locked?: boolean;
  props?: Props;
}

/** A collapsed group as the canvas shows it (fold.ts). */
export interface Folded extends NodeRecord {
  /** How many nodes lie in it, groups not counted. */
  holds: number;
}

export const isFolded = (n: NodeRecord): n is Folded => 'holds' in n;

export interface End {
  node: ID;
  port: string;
}

/** A wire from an out port to an in port. */
export interface EdgeRecord {
  id: ID;
  from: End;
  to: End;
  protocol: string;
  access?: string;
  props?: Props;
}

export interface SettingRecord {
  id: ID;
  value: unknown;
}

export interface Design {
  revision: number;
  nodes: Record<ID, NodeRecord>;
  edges: Record<ID, EdgeRecord>;
  settings: Record<ID, SettingRecord>;
}

export interface Pair<R> {
  before: R;
  after: R;
}

/** What happened to the records of one table. */
export interface Change<R> {
  added?: Record<ID, R>;
  updated?: Record<ID, Pair<R>>;
  removed?: Record<ID, R>;
}

/** One reversible change of a drawing. */
export interface Diff {
  nodes?: Change<NodeRecord>;
  edges?: Change<EdgeRecord>;
  settings?: Change<SettingRecord>;
}

export const emptyDesign = (): Design => ({ revision: 0, nodes: {}, edges: {}, settings: {} });
