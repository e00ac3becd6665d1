import { describe, expect, it } from 'vitest';
import type { Field, Spec } from '../../catalog/types';
import type { NodeRecord } from '../../design/types';
import { type Cell, columns, type Facts, matching, moved, rows, settings, sorted, turned } from './columns';

const field = (name: string, more: Partial<Field> = {}): Field => ({ name, title: name, type: 'text', ...more });
const kinds: Record<string, Field[]> = {
  fn: [
    field('memory', { type: 'number', default: 128, min: 128, unit: 'MB' }),
    field('runtime', { type: 'choice', options: ['a', 'b'], default: 'a' }),
    field('key', { sensitive: true }),
    field('env', { type: 'map' }),
  ],
  box: [field('memory', { type: 'number' }), field('label')],
  other: [field('memory', { type: 'text' })],
};
const spec = (id: string): Spec => ({
  id,
  title: id.toUpperCase(),
  noun: id,
  category: '',
  summary: '',
  icon: '',
  help: '',
  shape: 'node',
  fields: kinds[id] ?? [],
  ports: [],
});
const node = (id: string, kind: string, props: Record<string, unknown> = {}): NodeRecord => ({
  id,
  kind,
  name: id,
  x: 0,
  y: 0,
  props,
});
const nodes = [
  node('b10', 'fn', { memory: 512 }),
  node('b9', 'fn', { memory: 64 }),
  node('a', 'box', { memory: 1024 }),
  node('c', 'other'),
];
const facts: Facts = {
  spec,
  groupOf: (n) => (n.id === 'a' ? 'Orders' : ''),
  found: (id) => ({ errors: id === 'a' ? 1 : 0, warnings: id === 'b9' ? 2 : 0, text: id === 'a' ? 'Wrong.' : '' }),
  status: (id) => (id === 'a' ? 'CREATE_FAILED' : id === 'b9' ? 'UPDATE_COMPLETE' : ''),
};
const cols = columns(settings(nodes, spec));
const list = rows(nodes, cols, facts);
const ids = (l: typeof list): string[] => l.map((r) => r.node.id);
const cell = (id: string, col: string): Cell | undefined => list.find((r) => r.node.id === id)?.cells.get(col);

describe('the columns', () => {
  it('are all settings of one kind, without secrets and what does not fit', () => {
    expect(settings(nodes.slice(0, 2), spec).map((f) => f.name)).toEqual(['memory', 'runtime']);
  });

  it('are those that are set, then those that most nodes have, where there are several kinds, each name once', () => {
    expect(settings(nodes, spec).map((f) => `${f.name} ${f.type}`)).toEqual([
      'memory number',
      'runtime choice',
      'label text',
    ]);
    expect(settings(nodes, spec, 1).map((f) => f.name)).toEqual(['memory']);
    expect(cols.map((c) => c.title)).toEqual([
      'Name',
      'Kind',
      'Group',
      'memory (MB)',
      'runtime',
      'label',
      'Findings',
      'Deployed',
    ]);
  });
});

describe('the cells', () => {
  it('say the value, the default quietly, and what is wrong', () => {
    expect(cell('b10', 'field memory')).toMatchObject({
      text: '512',
      sort: 512,
      quiet: false,
      wrong: null,
      editable: true,
    });
    expect(cell('b10', 'field runtime')).toMatchObject({ text: 'a', quiet: true });
    expect(cell('b9', 'field memory')?.wrong).toBe('At least 128 MB.');
    // The same name of another type is another thing.
    expect(cell('c', 'field memory')).toEqual({ text: '', sort: '' });
  });

  it('say what is found and what is deployed', () => {
    expect(cell('a', 'findings')).toMatchObject({ text: '1 error', tone: 'danger', wrong: 'Wrong.' });
    expect(cell('b9', 'findings')).toMatchObject({ text: '2 warnings', tone: 'warn' });
    expect([cell('a', 'deployed')?.text, cell('b9', 'deployed')?.text, cell('c', 'deployed')?.text]).toEqual([
      'failed',
      'yes',
      '',
    ]);
  });
});

describe('the rows', () => {
  it('are sorted as numbers and as people count, empty ones last', () => {
    expect(ids(sorted(list, { column: 'name', down: false }))).toEqual(['a', 'b9', 'b10', 'c']);
    expect(ids(sorted(list, { column: 'field memory', down: false }))).toEqual(['b9', 'b10', 'a', 'c']);
    expect(ids(sorted(list, { column: 'field memory', down: true }))).toEqual(['a', 'b10', 'b9', 'c']);
    expect(ids(sorted(list, null))).toEqual(ids(list));
  });

  it('turn from up over down to as drawn', () => {
    const up = turned(null, 'name');
    const down = turned(up, 'name');
    expect([up, down, turned(down, 'name')]).toEqual([
      { column: 'name', down: false },
      { column: 'name', down: true },
      null,
    ]);
    expect(turned(down, 'kind')).toEqual({ column: 'kind', down: false });
  });

  it('are found by words anywhere', () => {
    expect(ids(matching(list, 'fn 512'))).toEqual(['b10']);
    expect(ids(matching(list, 'orders'))).toEqual(['a']);
    expect(ids(matching(list, ' '))).toEqual(ids(list));
    expect(matching(list, 'nothing')).toEqual([]);
  });
});

it('keys lead through the grid and never out of it', () => {
  const count = { row: 5, col: 3 };
  const go = (row: number, col: number, key: string, ctrl = false) => moved({ row, col }, key, ctrl, count, 3);
  expect(go(0, 0, 'ArrowUp')).toEqual({ row: 0, col: 0 });
  expect(go(4, 2, 'ArrowDown')).toEqual({ row: 4, col: 2 });
  expect(go(1, 1, 'PageDown')).toEqual({ row: 4, col: 1 });
  expect(go(1, 1, 'Home')).toEqual({ row: 1, col: 0 });
  expect(go(1, 1, 'End', true)).toEqual({ row: 4, col: 2 });
  expect(go(1, 1, 'x')).toBeNull();
});
