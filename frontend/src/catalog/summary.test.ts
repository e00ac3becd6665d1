import { describe, expect, it } from 'vitest';
import { summary, textOf } from './summary';
import type { Spec } from './types';

const spec: Spec = {
  id: 'k',
  title: 'Kind',
  noun: 'kind',
  category: '',
  summary: '',
  icon: '',
  help: '',
  shape: 'node',
  ports: [],
  fields: [
    { name: 'key', title: 'Key', type: 'text', required: true, sensitive: true },
    { name: 'runtime', title: 'Runtime', type: 'choice', default: 'nodejs22.x' },
    { name: 'handler', title: 'Handler', type: 'text', default: 'index.handler' },
    { name: 'memory', title: 'Memory', type: 'number', unit: 'MB', default: 256 },
    { name: 'timeout', title: 'Timeout', type: 'number', unit: 's', default: 10 },
    { name: 'text', title: 'Text', type: 'longtext', default: 'hello' },
  ],
};

describe('the line on a box', () => {
  it.each([
    [undefined, 'nodejs22.x'],
    [{ memory: 512 }, 'nodejs22.x · 512 MB'],
    [{ memory: 512, timeout: 30 }, 'nodejs22.x · 512 MB'],
    [{ runtime: '', timeout: 30 }, '30 s'],
    [{ handler: 'a'.repeat(40), timeout: 30 }, 'nodejs22.x · 30 s'],
    [{ key: 'hunter2' }, 'nodejs22.x'],
  ])('%j', (props, line) => {
    expect(summary(spec, props)).toBe(line);
  });
  it('shows what a kind cannot be without', () => {
    expect(
      summary({ ...spec, fields: [{ name: 'id', title: 'Key', type: 'text', required: true, default: 'id' }] }, {}),
    ).toBe('id');
  });
});

it('finds the text of a note', () => {
  expect(textOf(spec, undefined, 'longtext')).toBe('hello');
  expect(textOf(spec, { text: 'there' }, 'longtext')).toBe('there');
  expect(textOf(spec, {}, 'color')).toBe('');
});
