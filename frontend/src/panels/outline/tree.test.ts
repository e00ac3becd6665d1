import { describe, expect, it } from 'vitest';
import { fixture } from '../../design/fixture';
import { above, outline, step, typed } from './tree';

const isGroup = (k: string): boolean => k === 'group';
const drawn = (opened: [string, boolean][] = []): string[] =>
  outline(fixture(), isGroup, new Map(opened)).map(
    (l) =>
      `${'  '.repeat(l.level - 1)}${l.id} ${String(l.place)}/${String(l.of)}${l.open === undefined ? '' : l.open ? ' open' : ' closed'}`,
  );

describe('the outline', () => {
  it('has groups open and nodes closed, in reading order', () => {
    expect(drawn()).toEqual(['box 1/2 open', '  worker 1/2 closed', '  queue 2/2', 'api 2/2 closed']);
  });

  it('shows the wires that go out of a node', () => {
    expect(drawn([['worker', true]])).toEqual([
      'box 1/2 open',
      '  worker 1/2 open',
      '    worker-to-queue 1/1',
      '  queue 2/2',
      'api 2/2 closed',
    ]);
    expect(drawn([['box', false]])).toEqual(['box 1/2 closed', 'api 2/2 closed']);
  });

  it('shows a node whose group is gone at the top', () => {
    const d = fixture();
    delete d.nodes.box;
    expect(outline(d, isGroup, new Map()).map((l) => l.level)).toEqual([1, 1, 1]);
  });

  it('knows what has to be open for a record', () => {
    expect(above(fixture(), 'worker-to-queue')).toEqual(['worker', 'box']);
    expect(above(fixture(), 'api')).toEqual([]);
  });

  it('is walked by keys', () => {
    const lines = outline(fixture(), isGroup, new Map([['worker', true]]));
    const keys = (at: string, ...ks: string[]) => ks.map((k) => step(lines, at, k));
    expect(keys('box', 'ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End', 'x')).toEqual([
      { go: 'worker' },
      { close: 'box' },
      { go: 'worker' },
      null,
      { go: 'box' },
      { go: 'api' },
      null,
    ]);
    expect(keys('worker-to-queue', 'ArrowLeft', 'ArrowRight', 'ArrowDown')).toEqual([
      { go: 'worker' },
      null,
      { go: 'queue' },
    ]);
    expect(keys('api', 'ArrowRight', 'ArrowLeft', 'ArrowDown')).toEqual([{ open: 'api' }, null, null]);
    expect(keys('queue', 'ArrowLeft')).toEqual([{ go: 'box' }]);
  });

  it('is found by the first letters', () => {
    const lines = outline(fixture(), isGroup, new Map());
    const name = (l: { id: string }): string => fixture().nodes[l.id]?.name ?? '';
    expect(typed(lines, 'box', 'q', name)).toBe('queue');
    expect(typed(lines, 'queue', 'b', name)).toBe('box');
    expect(typed(lines, 'worker', 'wo', name)).toBe('worker');
    expect(typed(lines, 'worker', 'w', name)).toBe('worker');
    expect(typed(lines, 'box', 'zz', name)).toBeNull();
  });
});
