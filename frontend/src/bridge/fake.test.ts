// The fake is what the interface is tried against without Go, so what the page relies on is held here.
import { describe, expect, it, vi } from 'vitest';
import { addNode, remove } from '../design/edits';
import { type Bridge, Fault, type Message } from './api';
import { fakeBridge } from './fake';

const code = async (p: Promise<unknown>): Promise<string> => {
  try {
    await p;
  } catch (e) {
    return e instanceof Fault ? e.code : 'no fault';
  }
  return '';
};

async function orders(): Promise<{ b: Bridge; heard: Message[]; revision: () => Promise<number> }> {
  const b = fakeBridge();
  await b.call('create', { name: 'orders', sample: 'orders' });
  const heard: Message[] = [];
  b.listen({ message: (m) => heard.push(m), connected: () => undefined });
  return { b, heard, revision: async () => (await b.call('start', {})).project?.design.revision ?? -1 };
}

describe('the fake', () => {
  it('has revisions and conflicts, and answers copies', async () => {
    const { b, heard, revision } = await orders();
    const base = await revision();
    const d = (await b.call('start', {})).project?.design;
    if (!d) throw new Error('no project');
    const { diff, id } = addNode(d, { kind: 'aws.sqs', name: 'jobs', x: 0, y: 0 });
    const c = await b.call('edit', { base, diff, label: 'add' });
    expect(c.revision).toBe(base + 1);
    expect(await code(b.call('edit', { base, diff, label: 'add' }))).toBe('conflict');
    expect(heard.filter((m) => m.kind === 'commit')).toHaveLength(1);
    const added = c.diff.nodes?.added?.[id];
    if (!added) throw new Error('not added');
    added.name = 'changed by the page';
    expect((await b.call('start', {})).project?.design.nodes[id]?.name).toBe('jobs');
    await b.call('undo', {});
    expect((await b.call('start', {})).project?.design.nodes[id]).toBeUndefined();
    await b.call('redo', {});
    expect(await code(b.call('redo', {}))).toBe('not_found');
  });

  it('deploys after trust, asks consent for lost data, and takes down by name', async () => {
    vi.useFakeTimers();
    const { b, heard, revision } = await orders();
    const plan = async () => (await b.call('plan', { sandbox: 'local' })).id;
    const deploy = async (consent: boolean, trust: boolean) =>
      code(b.call('deploy', { sandbox: 'local', plan: await plan(), consent, trust }));
    expect(await code(b.call('call', { sandbox: 'local', node: 'get-order', payload: '{}' }))).toBe('not_found');
    expect(await deploy(false, false)).toBe('denied');
    expect(await deploy(false, true)).toBe('');
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await b.call('deployment', { sandbox: 'local' })).deployment?.status).toBe('CREATE_COMPLETE');
    const seqs = heard.flatMap((m) => (m.kind === 'event' ? [m.event.seq] : []));
    expect(seqs.length).toBeGreaterThan(5);
    expect(seqs).toEqual([...seqs].sort((a, z) => a - z));

    const d = (await b.call('start', {})).project?.design;
    if (!d) throw new Error('no project');
    await b.call('edit', { base: await revision(), diff: remove(d, ['orders']), label: 'remove' });
    expect(await deploy(false, true)).toBe('denied');
    expect(await code(b.call('destroy', { sandbox: 'local', confirm: 'no' }))).toBe('denied');
    expect(await code(b.call('destroy', { sandbox: 'local', confirm: 'local' }))).toBe('');
    await vi.advanceTimersByTimeAsync(5_000);
    expect((await b.call('deployment', { sandbox: 'local' })).deployment).toBeNull();
    vi.useRealTimers();
  });

  it('refuses without a project, and what only a window can do', async () => {
    const b = fakeBridge();
    expect(await code(b.call('template', { format: 'json' }))).toBe('not_found');
    expect(await code(b.call('choose', { what: 'open', title: 'Open' }))).toBe('unsupported');
    expect(await code(b.call('external', { url: 'http://example.org/' }))).toBe('denied');
    expect(await code(b.call('create', { name: '../up' }))).toBe('invalid');
  });
});
