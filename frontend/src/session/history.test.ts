import { describe, expect, it } from 'vitest';
import { type Bridge, type Comparison, Fault, type Operation, type Operations, type Version } from '../bridge/api';
import { changeMarks, History } from './history';

const version = (n: number): Version => ({ version: n, at: '', how: 'edit', label: `change ${String(n)}` });
const comparison: Comparison = {
  from: 1,
  to: 3,
  changes: [
    { action: 'added', what: 'node', id: 'b', name: 'b' },
    { action: 'changed', what: 'wire', id: 'w', name: 'a → b', details: ['access: read → write'] },
    { action: 'removed', what: 'node', id: 'c', name: 'Queue' },
    { action: 'changed', what: 'setting', id: 'name', name: 'name' },
  ],
};

function setUp(answers: Partial<Record<Operation, (input: never) => unknown>>) {
  const bridge: Bridge = {
    async call<K extends Operation>(op: K, input: Operations[K]['in']) {
      await Promise.resolve();
      return answers[op]?.(input as never) as Operations[K]['out'];
    },
    listen: () => () => undefined,
  };
  return new History(bridge);
}

describe('the history', () => {
  it('lists versions page by page, and keeps older ones when new ones come', async () => {
    let newest = 4;
    const h = setUp({
      history: ({ before }: { before?: number }) =>
        before
          ? { versions: [version(before - 1)], more: before > 2 }
          : { versions: [version(newest), version(newest - 1)], more: true },
    });
    await h.load();
    await h.older();
    await h.older();
    const numbers = () => h.state.get().versions?.map((v) => v.version);
    expect(numbers()).toEqual([4, 3, 2, 1]);
    expect(h.state.get().more).toBe(false);
    newest = 5;
    await h.load();
    expect(numbers()).toEqual([5, 4, 3, 2, 1]);
    expect(h.state.get().more).toBe(false);
  });

  it('paints a difference until it is put away', async () => {
    const h = setUp({ compare: () => comparison });
    await h.compare(1, 3);
    expect([...h.state.get().marks].map(([id, m]) => [id, m.action, m.said])).toEqual([
      ['b', 'add', 'added since version 1'],
      ['w', 'update', 'changed since version 1, access: read → write'],
      ['c', 'remove', 'removed since version 1'],
    ]);
    expect(changeMarks(comparison).get('c')?.text).toBe('Queue');
    h.done();
    expect(h.state.get().marks.size).toBe(0);
  });

  it('forgets an answer that came too late, and shows what went wrong', async () => {
    const h = setUp({
      compare: () => comparison,
      history: () => {
        throw new Fault({ code: 'unavailable', message: 'no' });
      },
    });
    const late = h.compare(1, 3);
    h.leave();
    await late;
    expect(h.state.get().comparison).toBeNull();
    await h.load();
    expect(h.state.get().fault?.message).toBe('no');
  });
});
