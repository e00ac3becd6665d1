import { describe, expect, it } from 'vitest';
import { mirror } from '../mirror';
import { applyDiff, ApplyError, holds, invert, isEmpty } from './apply';
import { addNode } from './edits';
import { type Design, type Diff, emptyDesign } from './types';

describe('applying diffs as Go does', () => {
  const cases = mirror('design/testdata/apply.txtar');
  it('reads the shared file', () => {
    expect(cases.size).toBeGreaterThanOrEqual(10);
  });
  it.each([...cases])('%s', (_, c) => {
    const before = JSON.parse(c.before ?? '') as Design;
    const diff = JSON.parse(c.diff ?? '') as Diff;
    const untouched = structuredClone(before);
    if (c.refused) {
      let where = '';
      try {
        applyDiff(before, diff);
      } catch (e) {
        where = e instanceof ApplyError ? e.where : String(e);
      }
      expect(where).toBe(c.refused.trim());
    } else {
      const after = applyDiff(before, diff);
      expect(after).toEqual(JSON.parse(c.after ?? ''));
      expect(holds(after, diff)).toBe(true);
      const back = applyDiff(after, invert(diff));
      expect(Object.keys(back.nodes).sort()).toEqual(Object.keys(before.nodes).sort());
      expect(back.settings).toEqual(before.settings);
    }
    expect(before).toEqual(untouched);
  });
});

describe('diffs', () => {
  it('share what they do not touch', () => {
    const d = applyDiff(emptyDesign(), addNode(emptyDesign(), { kind: 'k', name: 'a', x: 0, y: 0 }).diff);
    const next = applyDiff(d, addNode(d, { kind: 'k', name: 'b', x: 0, y: 0 }).diff);
    expect(next.nodes.a).toBe(d.nodes.a);
    expect(next.edges).toBe(d.edges);
  });
  it('tell when nothing happens', () => {
    expect(isEmpty({})).toBe(true);
    expect(isEmpty({ nodes: { added: {} } })).toBe(true);
    expect(
      isEmpty({
        edges: {
          removed: { w: { id: 'w', from: { node: 'a', port: 'o' }, to: { node: 'b', port: 'i' }, protocol: 'call' } },
        },
      }),
    ).toBe(false);
  });
});
