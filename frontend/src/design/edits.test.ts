import { describe, expect, it } from 'vitest';
import { applyDiff, invert } from './apply';
import * as edits from './edits';
import { fixture } from './fixture';
import { freeID, freeName, slug } from './ids';
import { groupAt, neighbours, reach, readingOrder, withContents } from './select';
import type { Design, Diff } from './types';

const d = fixture();

/** Applies an edit and checks on the way that it can be taken back. */
function done(base: Design, diff: Diff): Design {
  const after = applyDiff(base, diff);
  const back = applyDiff(after, invert(diff));
  expect({ ...back, revision: base.revision }).toEqual(base);
  return after;
}

describe('edits', () => {
  it('gives new nodes free ids and names', () => {
    const one = edits.addNode(d, { kind: 'aws.lambda', name: 'worker', x: 0, y: 0 });
    expect(one.id).toBe('worker-2');
    expect(done(d, one.diff).nodes['worker-2']?.name).toBe('worker-2');
  });

  it('moves what lies in a moved group, once, and leaves the locked', () => {
    const locked = done(d, edits.setLocked(d, ['queue'], true));
    const after = done(locked, edits.moveNodes(locked, ['box', 'worker'], { x: 10, y: 5 }));
    expect(after.nodes.worker?.x).toBe((d.nodes.worker?.x ?? 0) + 10);
    expect(after.nodes.box?.y).toBe((d.nodes.box?.y ?? 0) + 5);
    expect(after.nodes.queue?.x).toBe(d.nodes.queue?.x);
  });

  it('moves into and out of groups', () => {
    const into = done(
      d,
      edits.moveNodes(d, ['api'], { x: 300, y: 0 }, () => 'box'),
    );
    expect(into.nodes.api?.parent).toBe('box');
    const out = done(
      into,
      edits.moveNodes(into, ['api'], { x: -300, y: 0 }, () => undefined),
    );
    expect(out.nodes.api).toEqual(d.nodes.api);
  });

  it('removes a group with its contents and every wire that touches them', () => {
    const after = done(d, edits.remove(d, ['box']));
    expect(Object.keys(after.nodes)).toEqual(['api']);
    expect(after.edges).toEqual({});
  });

  it('removes a wire alone', () => {
    const after = done(d, edits.remove(d, ['api-to-worker']));
    expect(Object.keys(after.nodes)).toEqual(Object.keys(d.nodes));
    expect(Object.keys(after.edges)).toEqual(['worker-to-queue']);
  });

  it('adds a node and its wire in one step', () => {
    const { diff, id } = edits.addWired(
      d,
      { kind: 'aws.sqs', name: 'jobs', x: 0, y: 0 },
      { from: { node: 'worker', port: 'out' }, to: { node: '', port: 'in' }, protocol: 'call', access: 'send' },
    );
    const after = done(d, diff);
    expect(after.nodes[id]?.name).toBe('jobs');
    expect(after.edges['worker-to-jobs']?.to).toEqual({ node: id, port: 'in' });
  });

  it('groups and ungroups', () => {
    const made = edits.group(d, ['api'], 'group', 'front');
    const grouped = done(d, made?.diff ?? {});
    expect(grouped.nodes.api?.parent).toBe(made?.id);
    const again = done(grouped, edits.ungroup(grouped, [made?.id ?? '']));
    expect(again.nodes).toEqual(d.nodes);
  });

  it('pastes with new ids, its own wires, and the groups where it lands', () => {
    const f = edits.copy(d, ['box']);
    expect(f.nodes.map((n) => n.id)).toEqual(['box', 'queue', 'worker']);
    const { diff, ids } = edits.paste(d, f, { at: { x: 2000, y: 2000 } }, () => undefined);
    const after = done(d, diff);
    expect(ids).toEqual(['backend-2']);
    expect(after.nodes['worker-2']?.parent).toBe('backend-2');
    expect(after.edges['worker-2-to-queue-2']?.access).toBe('send');
    const over = { ...d, nodes: { ...d.nodes, api: { ...d.nodes.api, z: 2 } as never } };
    expect(
      done(over, edits.paste(over, edits.copy(over, ['api']), { by: { x: 9, y: 0 } }).diff).nodes['api-2']?.z,
    ).toBe(2);
    const lone = edits.paste(d, edits.copy(d, ['api']), { by: { x: 300, y: 0 } }, () => 'box');
    expect(done(d, lone.diff).nodes['api-2']?.parent).toBe('box');
  });

  it('reads fragments of its own and nothing else', () => {
    const f = edits.copy(d, ['api']);
    expect(edits.parseFragment(JSON.stringify(f))).toEqual(f);
    for (const text of [
      '',
      'hello',
      '{}',
      '[]',
      'null',
      '{"airloom":1,"nodes":[],"edges":[]}',
      '{"airloom":1,"nodes":[{"id":1}],"edges":[]}',
    ]) {
      expect(edits.parseFragment(text)).toBeNull();
    }
  });

  it('sets nodes up as another is, but leaves them what is their own', () => {
    const own = (f: string): boolean => f === 'source';
    const first = done(d, edits.setField(d, ['api'], 'source', 'a'));
    const before = done(first, edits.setField(first, ['api'], 'memory', 1));
    const after = done(before, edits.setUp(before, ['api', 'queue'], { timeout: 9, source: 'b' }, own));
    expect(after.nodes.api?.props).toEqual({ source: 'a', timeout: 9 });
    expect(after.nodes.queue?.props).toEqual({ timeout: 9 });
    expect(done(d, edits.setUp(d, ['api'], {}, own)).nodes.api).toEqual(d.nodes.api);
  });

  it('takes a field away where it is set to nothing', () => {
    const set = done(d, edits.setField(d, ['api'], 'cors', true));
    expect(set.nodes.api?.props).toEqual({ cors: true });
    expect(done(set, edits.setField(set, ['api'], 'cors', undefined)).nodes.api).toEqual(d.nodes.api);
  });
});

describe('ids and names', () => {
  it.each([
    ['Create Order', 'create-order'],
    ['übergröße 2', 'ubergro-e-2'],
    ['42', 'node'],
    ['OrderItems', 'order-items'],
  ])('%s → %s', (name, id) => {
    expect(slug(name)).toBe(id);
  });
  it('count dashes and case as nothing', () => {
    expect(freeID('order-items', ['orderitems'])).toBe('order-items-2');
    expect(freeName('Queue', ['queue', 'Queue-2'])).toBe('Queue-3');
  });
});

describe('questions', () => {
  it('finds contents, neighbours and everything downstream', () => {
    expect([...withContents(d, ['box'])].sort()).toEqual(['box', 'queue', 'worker']);
    expect(neighbours(d, 'worker', 1)).toEqual(['queue']);
    expect([...reach(d, ['api'], 1)].filter((id) => id !== 'api').sort()).toEqual(['queue', 'worker']);
  });
  it('reads rows from left to right', () => {
    expect(readingOrder(Object.values(d.nodes)).map((n) => n.id)).toEqual(['box', 'api', 'worker', 'queue']);
  });
  it('finds the innermost group', () => {
    const isGroup = (k: string): boolean => k === 'group';
    expect(groupAt(d, { x: 450, y: 150 }, isGroup)).toBe('box');
    expect(groupAt(d, { x: 450, y: 150 }, isGroup, new Set(['box']))).toBeUndefined();
    expect(groupAt(d, { x: 10, y: 10 }, isGroup)).toBeUndefined();
  });
});
