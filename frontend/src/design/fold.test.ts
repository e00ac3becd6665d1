import { describe, expect, it } from 'vitest';
import { setField } from './edits';
import { applyDiff } from './apply';
import { fixture } from './fixture';
import { folder } from './fold';
import { groupAt } from './select';
import { isFolded } from './types';

const isGroup = (k: string): boolean => k === 'group';
const collapsed = () => applyDiff(fixture(), setField(fixture(), ['box'], 'collapsed', true));

describe('a collapsed group', () => {
  const d = collapsed();
  const fold = folder(isGroup);
  const { design, hidden } = fold(d);
  it('is one box that says how many it holds', () => {
    expect(Object.keys(design.nodes).sort()).toEqual(['api', 'box']);
    expect(design.nodes.box).toMatchObject({ x: 360, y: 40, w: 200, h: 64, holds: 2 });
    expect(hidden.get('worker')).toBe('box');
  });
  it('takes the wires of what lies in it, and leaves out those within', () => {
    expect(Object.keys(design.edges)).toEqual(['api-to-worker']);
    expect(design.edges['api-to-worker']?.to).toEqual({ node: 'box', port: '' });
  });
  it('takes nothing in while it is closed', () => {
    expect(groupAt(d, { x: 400, y: 60 }, isGroup)).toBe('box');
    expect(groupAt(design, { x: 400, y: 60 }, isGroup)).toBeUndefined();
  });
  it('is the same record while nothing changes in it', () => {
    const again = fold(applyDiff(d, setField(d, ['api'], 'cors', true))).design;
    expect(again.nodes.box).toBe(design.nodes.box);
    expect(again.edges['api-to-worker']).toBe(design.edges['api-to-worker']);
  });
  it('within another is in that one', () => {
    const outer = { id: 'outer', kind: 'group', name: 'o', x: 0, y: 0, w: 2000, h: 900, props: { collapsed: true } };
    const nested = { ...d, nodes: { ...d.nodes, outer, box: { ...d.nodes.box, parent: 'outer' } as never } };
    const s = folder(isGroup)(nested);
    expect(s.design.nodes.box).toBeUndefined();
    expect(s.hidden.get('queue')).toBe('outer');
    expect(s.design.nodes.outer).toMatchObject({ holds: 2 });
  });
  it('opened is the drawing itself', () => {
    const open = fixture();
    expect(folder(isGroup)(open).design).toBe(open);
    expect(Object.values(open.nodes).some(isFolded)).toBe(false);
  });
});
