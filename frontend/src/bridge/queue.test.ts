import { describe, expect, it } from 'vitest';
import { addNode, moveNodes } from '../design/edits';
import { emptyDesign } from '../design/types';
import { type Bridge, Fault, type Operation, type Operations } from './api';
import { fakeBridge } from './fake';
import { EditQueue, type QueueState } from './queue';

const soon = (): Promise<void> => Promise.resolve();

async function setUp(tamper: (op: Operation, pass: () => Promise<unknown>) => Promise<unknown> = (_, pass) => pass()) {
  const fake = fakeBridge();
  await fake.call('create', { name: 'shop' });
  const bridge: Bridge = {
    call: <K extends Operation>(op: K, input: Operations[K]['in']) =>
      tamper(op, () => fake.call(op, input)) as Promise<Operations[K]['out']>,
    listen: (to) => fake.listen(to),
  };
  const seen: QueueState[] = [];
  const refused: string[] = [];
  const opened = (await fake.call('start', {})).project;
  if (!opened) throw new Error('no project');
  const q = new EditQueue(opened, {
    bridge,
    changed: (s) => seen.push(s),
    refused: (f, label) => refused.push(`${label}: ${f.message}`),
    outside: () => undefined,
    wait: soon,
  });
  return { fake, q, seen, refused, start: async () => (await fake.call('start', {})).project };
}

const queueAt = (q: EditQueue, x: number) => addNode(q.state.design, { kind: 'aws.sqs', name: 'jobs', x, y: 0 });

describe('the edit queue', () => {
  it('shows an edit at once and says saved only after the answer', async () => {
    const { q, seen, start } = await setUp();
    const { diff, id } = queueAt(q, 10);
    const saved = q.edit(diff, 'add');
    expect(q.state.design.nodes[id]?.x).toBe(10);
    expect(q.state.saving).toEqual({ state: 'saving' });
    expect(await saved).toBe(true);
    expect(q.state.saving).toEqual({ state: 'saved' });
    expect((await start())?.design.nodes[id]?.x).toBe(10);
    expect(seen.at(-1)?.undo).toBe('add');
  });

  it('keeps the order of edits made in one breath', async () => {
    const { q, start } = await setUp();
    const { diff, id } = queueAt(q, 0);
    void q.edit(diff, 'add');
    for (let i = 0; i < 20; i++) void q.edit(moveNodes(q.state.design, [id], { x: 1, y: 0 }), 'move');
    await q.edit(moveNodes(q.state.design, [id], { x: 100, y: 0 }), 'move');
    expect((await start())?.design.nodes[id]?.x).toBe(120);
    expect(q.state.design.revision).toBe((await start())?.design.revision);
  });

  it('undoes and redoes what Go has', async () => {
    const { q } = await setUp();
    const { diff, id } = queueAt(q, 0);
    void q.edit(diff, 'add queue');
    await q.undo();
    expect(q.state.design.nodes[id]).toBeUndefined();
    expect(q.state.redo).toBe('add queue');
    await q.redo();
    expect(q.state.design.nodes[id]).toBeDefined();
  });

  it('refetches after a conflict and saves on top of the other door', async () => {
    const { q, fake, start } = await setUp();
    const other = addNode(emptyDesign(), { kind: 'aws.s3', name: 'files', x: 5, y: 5 });
    await fake.call('edit', { base: q.state.design.revision, diff: other.diff, label: 'other door' });
    const mine = queueAt(q, 7);
    expect(await q.edit(mine.diff, 'add')).toBe(true);
    const d = (await start())?.design;
    expect(Object.keys(d?.nodes ?? {}).sort()).toEqual([other.id, mine.id].sort());
    expect(q.state.design).toEqual(d);
  });

  it('says not saved while Go cannot be reached, loses nothing, and saves when it can', async () => {
    let down = 3;
    const reasons: string[] = [];
    const { q, start, seen } = await setUp((op, pass) => {
      if (op === 'edit' && down-- > 0) throw new Fault({ code: 'unavailable', message: 'the disk is full' });
      return pass();
    });
    const { diff, id } = queueAt(q, 3);
    expect(await q.edit(diff, 'add')).toBe(true);
    for (const s of seen) if (s.saving.state === 'unsaved') reasons.push(s.saving.reason);
    expect(new Set(reasons)).toEqual(new Set(['the disk is full']));
    expect((await start())?.design.nodes[id]).toBeDefined();
  });

  it('does not repeat an edit whose answer was lost', async () => {
    let lost = true;
    const { q, start, refused } = await setUp(async (op, pass) => {
      const out = await pass();
      if (op === 'edit' && lost) {
        lost = false;
        throw new Fault({ code: 'unreachable', message: 'no answer' });
      }
      return out;
    });
    const { diff } = queueAt(q, 3);
    expect(await q.edit(diff, 'add')).toBe(true);
    expect(refused).toEqual([]);
    expect((await start())?.design.revision).toBe(q.state.design.revision);
    expect(q.state.saving).toEqual({ state: 'saved' });
  });

  it('takes a refused edit off the drawing, says why, and keeps the others', async () => {
    let n = 0;
    const { q, refused } = await setUp((op, pass) => {
      if (op === 'edit' && n++ === 0) throw new Fault({ code: 'invalid', message: 'no such kind' });
      return pass();
    });
    const bad = queueAt(q, 1);
    const first = q.edit(bad.diff, 'add the bad one');
    const good = addNode(q.state.design, { kind: 'aws.s3', name: 'files', x: 0, y: 0 });
    const second = q.edit(good.diff, 'add the good one');
    expect(await first).toBe(false);
    expect(await second).toBe(true);
    expect(refused).toEqual(['add the bad one: no such kind']);
    expect(Object.keys(q.state.design.nodes)).toEqual([good.id]);
  });

  it('takes in commits of other doors', async () => {
    const { q, fake } = await setUp();
    const stop = fake.listen({ message: (m) => m.kind === 'commit' && q.commit(m.commit), connected: () => undefined });
    const other = addNode(emptyDesign(), { kind: 'aws.s3', name: 'files', x: 5, y: 5 });
    await fake.call('edit', { base: q.state.design.revision, diff: other.diff, label: 'other door' });
    stop();
    expect(q.state.design.nodes[other.id]).toBeDefined();
    expect(q.state.undo).toBe('other door');
  });
});
