// The nodes as rows and columns: what every node has, and the settings that many of them share.
import { isDefault, problem, valueOf } from '../../catalog/fields';
import type { Field, FieldType, Spec } from '../../catalog/types';
import type { ID, NodeRecord } from '../../design/types';

/** A column. Those with a field are settings. */
export interface Column {
  id: string;
  title: string;
  field?: Field;
  number?: boolean;
}

/** What a cell says, what it is sorted by, and how it is to be taken. */
export interface Cell {
  text: string;
  sort: string | number;
  /** It is the field's default: nobody set it. */
  quiet?: boolean;
  wrong?: string | null;
  tone?: 'danger' | 'warn' | 'ok';
  /** The node has such a field, or such a name. */
  editable?: boolean;
}

export interface Row {
  node: NodeRecord;
  cells: ReadonlyMap<string, Cell>;
}

/** What the rows are made of. */
export interface Facts {
  spec: (kind: string) => Spec;
  groupOf: (n: NodeRecord) => string;
  found: (id: ID) => { errors: number; warnings: number; text: string };
  status: (id: ID) => string;
}

const short: ReadonlySet<FieldType> = new Set(['choice', 'number', 'text', 'flag', 'cron', 'path']);

/** Settings that fit into a cell; never a secret. */
const fits = (f: Field): boolean => short.has(f.type) && !f.sensitive;

/** The settings worth a column: of one kind all of them, of several those that are set, and the first ones that most nodes have. */
export function settings(nodes: readonly NodeRecord[], spec: (kind: string) => Spec, most = 4): Field[] {
  const kinds = new Map<string, number>();
  for (const n of nodes) kinds.set(n.kind, (kinds.get(n.kind) ?? 0) + 1);
  const [only] = [...kinds.keys()];
  if (kinds.size === 1 && only) return spec(only).fields.filter(fits);
  const counted = new Map<string, { field: Field; nodes: number; set: number }>();
  for (const [kind, count] of kinds) {
    for (const f of spec(kind).fields.filter(fits)) {
      const key = `${f.name} ${f.type}`;
      const c = counted.get(key) ?? { field: f, nodes: 0, set: 0 };
      const set = nodes.filter((n) => n.kind === kind && !isDefault(n.props, f)).length;
      // What a form shows folded, and where files lie, is worth a column only where somebody has set it.
      if (set > 0 || (!f.group && f.type !== 'path')) {
        counted.set(key, { ...c, nodes: c.nodes + count, set: c.set + set });
      }
    }
  }
  const names = new Set<string>();
  return [...counted.values()]
    .sort((a, b) => b.set - a.set || b.nodes - a.nodes)
    .flatMap(({ field }) => {
      if (names.has(field.name)) return [];
      names.add(field.name);
      return [field];
    })
    .slice(0, most);
}

export function columns(fields: readonly Field[]): Column[] {
  return [
    { id: 'name', title: 'Name' },
    { id: 'kind', title: 'Kind' },
    { id: 'group', title: 'Group' },
    ...fields.map((field) => ({
      id: `field ${field.name}`,
      title: field.unit ? `${field.title} (${field.unit})` : field.title,
      field,
      number: field.type === 'number',
    })),
    { id: 'findings', title: 'Findings' },
    { id: 'deployed', title: 'Deployed' },
  ];
}

export function rows(nodes: readonly NodeRecord[], cols: readonly Column[], facts: Facts): Row[] {
  return nodes.map((node) => ({ node, cells: new Map(cols.map((c) => [c.id, cell(node, c, facts)])) }));
}

function cell(n: NodeRecord, c: Column, facts: Facts): Cell {
  const spec = facts.spec(n.kind);
  if (c.field) {
    // Another kind may mean something else by the name: its own field counts.
    const f = spec.fields.find((o) => o.name === c.field?.name && o.type === c.field.type);
    if (!f) return { text: '', sort: '' };
    const v = valueOf(n.props, f);
    const text =
      v == null
        ? ''
        : typeof v === 'boolean'
          ? v
            ? 'on'
            : 'off'
          : typeof v === 'object'
            ? JSON.stringify(v)
            : String(v as string | number);
    return {
      text,
      sort: typeof v === 'number' ? v : text.toLowerCase(),
      quiet: isDefault(n.props, f),
      wrong: problem(f, v),
      editable: true,
    };
  }
  switch (c.id) {
    case 'name':
      return { text: n.name, sort: n.name.toLowerCase(), editable: true };
    case 'kind':
      return { text: spec.title, sort: spec.title.toLowerCase() };
    case 'group': {
      const text = facts.groupOf(n);
      return { text, sort: text.toLowerCase() };
    }
    case 'findings': {
      const { errors, warnings, text } = facts.found(n.id);
      const said = [errors > 0 ? plural(errors, 'error') : '', warnings > 0 ? plural(warnings, 'warning') : ''];
      return {
        text: said.filter(Boolean).join(', '),
        sort: errors * 1000 + warnings,
        wrong: text || null,
        ...(errors > 0 ? { tone: 'danger' } : warnings > 0 ? { tone: 'warn' } : {}),
      };
    }
    default: {
      const status = facts.status(n.id);
      const text =
        status === '' ? '' : status.includes('FAILED') ? 'failed' : /COMPLETE$/.test(status) ? 'yes' : 'in progress';
      return {
        text,
        sort: text,
        ...(text === 'failed' ? { tone: 'danger' } : text === 'yes' ? { tone: 'ok' } : {}),
      };
    }
  }
}

const plural = (n: number, word: string): string => `${String(n)} ${word}${n === 1 ? '' : 's'}`;

export interface Order {
  column: string;
  down: boolean;
}

const compare = new Intl.Collator('en', { numeric: true }).compare;

/** The rows in order of a column; what is empty comes last either way, and what is equal stays as it was. */
export function sorted(all: readonly Row[], order: Order | null): Row[] {
  if (!order) return [...all];
  const { column, down } = order;
  return [...all].sort((a, b) => {
    const x = a.cells.get(column)?.sort ?? '';
    const y = b.cells.get(column)?.sort ?? '';
    if (x === '' || y === '') return x === y ? 0 : x === '' ? 1 : -1;
    const by = typeof x === 'number' && typeof y === 'number' ? x - y : compare(String(x), String(y));
    return down ? -by : by;
  });
}

/** What a press on a head makes of the order: up, down, as drawn. */
export const turned = (order: Order | null, column: string): Order | null =>
  order?.column !== column ? { column, down: false } : order.down ? null : { column, down: true };

/** The rows that say every word somewhere. */
export function matching(all: readonly Row[], query: string): Row[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...all];
  return all.filter((r) => {
    const text = [...r.cells.values()].map((c) => c.text.toLowerCase()).join('\n');
    return words.every((w) => text.includes(w));
  });
}

/** Where a key leads in a grid of so many rows and columns (https://www.w3.org/WAI/ARIA/apg/patterns/grid/). */
export function moved(at: Place, key: string, ctrl: boolean, count: Place, page: number): Place | null {
  const row = (r: number): Place => ({ ...at, row: Math.max(0, Math.min(count.row - 1, r)) });
  const col = (c: number): Place => ({ ...at, col: Math.max(0, Math.min(count.col - 1, c)) });
  switch (key) {
    case 'ArrowDown':
      return row(at.row + 1);
    case 'ArrowUp':
      return row(at.row - 1);
    case 'ArrowRight':
      return col(at.col + 1);
    case 'ArrowLeft':
      return col(at.col - 1);
    case 'PageDown':
      return row(at.row + page);
    case 'PageUp':
      return row(at.row - page);
    case 'Home':
      return ctrl ? { row: 0, col: 0 } : col(0);
    case 'End':
      return ctrl ? { row: count.row - 1, col: count.col - 1 } : col(count.col - 1);
    default:
      return null;
  }
}

export interface Place {
  row: number;
  col: number;
}
