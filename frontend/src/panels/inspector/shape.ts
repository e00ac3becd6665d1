// Lists, maps and tables as rows, and rows as the value that is kept.
import type { Field } from '../../catalog/types';

export type Row = Record<string, unknown>;

/** How a field's value becomes rows, and rows a value. */
export interface Shape {
  columns: readonly Field[];
  rows: (value: unknown) => Row[];
  value: (rows: Row[]) => unknown;
}

const isRecord = (v: unknown): v is Row => typeof v === 'object' && v !== null && !Array.isArray(v);

export function shapeOf(f: Field): Shape {
  if (f.type === 'list') {
    const column: Field = { name: 'value', title: f.title, type: f.options ? 'choice' : 'text' };
    if (f.options) column.options = f.options;
    if (f.pattern) column.pattern = f.pattern;
    return {
      columns: [column],
      rows: (v) => (Array.isArray(v) ? v.map((value: unknown) => ({ value })) : v == null ? [] : [{ value: v }]),
      value: (rows) => none(rows.map((r) => r.value).filter((v) => v != null && v !== '')),
    };
  }
  if (f.type === 'map') {
    const value: Field = { name: 'value', title: 'Value', type: 'text' };
    if (f.sensitive) value.sensitive = true;
    if (f.references) value.references = true;
    return {
      columns: [{ name: 'name', title: 'Name', type: 'text', required: true }, value],
      rows: (v) => (isRecord(v) ? Object.entries(v).map(([name, x]) => ({ name, value: x })) : []),
      value: (rows) => {
        const named = rows.filter((r) => typeof r.name === 'string' && r.name !== '');
        return named.length > 0 ? Object.fromEntries(named.map((r) => [r.name as string, r.value ?? ''])) : undefined;
      },
    };
  }
  return {
    columns: f.columns ?? [],
    rows: (v) => (Array.isArray(v) ? v.map((r) => (isRecord(r) ? r : {})) : []),
    value: none,
  };
}

const none = (list: unknown[]): unknown => (list.length > 0 ? list : undefined);
