import { describe, expect, it } from 'vitest';
import type { Field } from '../../catalog/types';
import { shapeOf } from './shape';

const field = (type: Field['type'], more: Partial<Field> = {}): Field => ({ name: 'f', title: 'F', type, ...more });

describe('rows', () => {
  it('of a list are its texts; empty ones are not kept', () => {
    const s = shapeOf(field('list', { pattern: '[a-z]+' }));
    expect(s.columns[0]?.pattern).toBe('[a-z]+');
    expect(s.rows(['a', 'b'])).toEqual([{ value: 'a' }, { value: 'b' }]);
    expect(s.value([{ value: 'a' }, {}, { value: '' }])).toEqual(['a']);
    expect(s.value([{}])).toBeUndefined();
    expect(s.rows(undefined)).toEqual([]);
    // A value that is no list is shown, so that it can be put right.
    expect(s.rows('odd')).toEqual([{ value: 'odd' }]);
    expect(shapeOf(field('list', { options: ['x'] })).columns[0]?.type).toBe('choice');
  });

  it('of a map are names and values; the last of two equal names counts', () => {
    const s = shapeOf(field('map', { sensitive: true }));
    expect(s.columns[1]?.sensitive).toBe(true);
    expect(shapeOf(field('map', { references: true })).columns[1]?.references).toBe(true);
    expect(s.value([{ name: 'A', value: { $ref: 'jobs' } }])).toEqual({ A: { $ref: 'jobs' } });
    expect(s.rows({ A: '1', B: '2' })).toEqual([
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ]);
    expect(s.value([{ name: 'A', value: '1' }, { name: 'A', value: '2' }, { value: 'no name' }])).toEqual({ A: '2' });
    expect(s.value([{ name: 'A' }])).toEqual({ A: '' });
    expect(s.value([])).toBeUndefined();
    expect(s.rows(['odd'])).toEqual([]);
    const odd = s.value([{ name: '__proto__', value: 'x' }]) as Record<string, unknown>;
    expect(Object.keys(odd)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('of a table are its records', () => {
    const columns: Field[] = [{ name: 'name', title: 'Name', type: 'text' }];
    const s = shapeOf(field('rows', { columns }));
    expect(s.columns).toBe(columns);
    expect(s.rows([{ name: 'a', more: 1 }, 'odd'])).toEqual([{ name: 'a', more: 1 }, {}]);
    expect(s.value([{ name: 'a', more: 1 }])).toEqual([{ name: 'a', more: 1 }]);
    expect(s.value([])).toBeUndefined();
  });
});
