import { describe, expect, it } from 'vitest';
import type { Field } from '../../catalog/types';
import { common, groups, jsonProblem, rangeText, scheduleProblem, shared, textOf, valueFrom } from './values';

const field = (type: Field['type'], more: Partial<Field> = {}): Field => ({ name: 'f', title: 'F', type, ...more });

describe('what is typed and what is held', () => {
  it('reads numbers, and keeps what is none', () => {
    const f = field('number');
    expect(valueFrom(f, '12')).toBe(12);
    expect(valueFrom(f, ' 1.5 ')).toBe(1.5);
    expect(valueFrom(f, '-3')).toBe(-3);
    for (const odd of ['abc', '1,5', '0x10', 'Infinity', '1_000']) expect(valueFrom(f, odd)).toBe(odd);
    expect(valueFrom(f, ' ')).toBeUndefined();
    expect(textOf(f, 'abc')).toBe('abc');
  });

  it('reads JSON, and keeps what is none with its reason', () => {
    const f = field('json');
    expect(valueFrom(f, '{"a": [1]}')).toEqual({ a: [1] });
    expect(valueFrom(f, '{"a": ')).toBe('{"a": ');
    expect(jsonProblem('{"a": ')).toBe('Line 1, column 7: a value is missing at the end. It is kept as typed.');
    expect(jsonProblem('"a text"')).toBeNull();
    expect(jsonProblem({ a: 1 })).toBeNull();
    expect(textOf(f, { a: 1 })).toBe('{\n  "a": 1\n}');
    expect(textOf(f, '{"a": ')).toBe('{"a": ');
  });

  it('keeps the spaces of a text and not those around a path', () => {
    expect(valueFrom(field('text'), ' a ')).toBe(' a ');
    expect(valueFrom(field('path'), ' functions/a ')).toBe('functions/a');
    expect(valueFrom(field('text'), '')).toBeUndefined();
  });

  it('tells what several records share', () => {
    expect(shared([{ a: 1 }, { a: 1 }], 'a')).toEqual({ mixed: false, value: 1 });
    expect(shared([{ a: 1 }, {}], 'a')).toEqual({ mixed: true });
    expect(shared([undefined, {}], 'a')).toEqual({ mixed: false, value: undefined });
    expect(shared([{ a: { x: [1] } }, { a: { x: [1] } }], 'a')).toEqual({ mixed: false, value: { x: [1] } });
    expect(common([[field('text')], [field('text'), field('number', { name: 'n' })]])).toHaveLength(1);
    expect(common([[field('text')], [field('number')]])).toHaveLength(0);
  });

  it('says what is wrong with a schedule, and leaves what is none', () => {
    expect(scheduleProblem('rate(1 day)')).toBeNull();
    expect(scheduleProblem('cron(0 8 * * ?)')).toContain('six parts');
    for (const none of [undefined, ' ', 7]) expect(scheduleProblem(none)).toBeNull();
  });

  it('says ranges in words', () => {
    expect(rangeText(field('number', { min: 128, max: 10240, unit: 'MB' }))).toBe('128 – 10,240 MB');
    expect(rangeText(field('number', { min: 1 }))).toBe('at least 1');
    expect(rangeText(field('text'))).toBe('');
  });

  it('keeps groups in the order in which they appear', () => {
    const list = groups([field('text'), field('text', { name: 'b', group: 'B' }), field('text', { name: 'c' })]);
    expect(list.map((g) => [g.title, g.fields.map((f) => f.name)])).toEqual([
      ['', ['f', 'c']],
      ['B', ['b']],
    ]);
  });
});
