import { describe, expect, it } from 'vitest';
import { mirror } from '../mirror';
import { canConnect, type Existing, type Place, verdict } from './connect';
import type { Match, Port, Spec } from './types';

describe('connecting ports as Go does', () => {
  const cases = mirror('kind/testdata/connect.txtar');
  it('reads the shared file', () => {
    expect(cases.size).toBeGreaterThanOrEqual(10);
  });
  it.each([...cases])('%s', (_, c) => {
    const from = JSON.parse(c.from ?? '') as Port;
    const to = JSON.parse(c.to ?? '') as Port;
    expect(canConnect(from, to)).toEqual(JSON.parse(c.ways ?? '') as Match[]);
  });
});

const kind = (id: string, ports: Port[], more: Partial<Spec> = {}): Spec => ({
  id,
  title: id,
  noun: id,
  category: '',
  summary: '',
  icon: '',
  help: '',
  shape: 'node',
  fields: [],
  ports,
  ...more,
});
const fn = kind('Function', [
  { id: 'in', title: 'Invoked by', dir: 'in', speaks: [{ protocol: 'poll' }] },
  { id: 'out', title: 'Calls', dir: 'out', speaks: [{ protocol: 'call', access: ['read', 'write'] }] },
]);
const table = kind('Table', [
  { id: 'in', title: 'Access', dir: 'in', speaks: [{ protocol: 'call', access: ['write', 'read'] }] },
  { id: 'stream', title: 'Stream', dir: 'out', speaks: [{ protocol: 'poll' }], max: 1 },
]);
const place = (node: string, spec: Spec, port?: string): Place => ({ node, name: node, spec, port });
const none: Existing = { count: () => 0, has: () => false };
const verb = (p: string): string => `${p}s`;

describe('the verdict on a wire', () => {
  it('lists the ways, the in side’s default first', () => {
    expect(verdict(place('f', fn), place('t', table), none, verb).ways.map((w) => w.access)).toEqual(['write', 'read']);
  });
  it('says why not: wrong kinds, nothing out, nothing in, groups', () => {
    const why = (a: Place, b: Place): string => verdict(a, b, none, verb).why ?? '';
    expect(why(place('f', fn), place('g', fn))).toMatch(/cannot be wired/);
    expect(why(place('x', kind('Sink', [])), place('f', fn))).toMatch(/Nothing goes out of “x”/);
    expect(why(place('f', fn), place('x', kind('Source', [])))).toMatch(/Nothing goes into “x”/);
    expect(why(place('f', fn), place('g', kind('Group', [], { shape: 'group' })))).toMatch(/take no wires/);
  });
  it('says what a particular port takes', () => {
    const bus = kind('Bus', [{ id: 'out', title: 'Rules', dir: 'out', speaks: [{ protocol: 'push', as: 'bus' }] }]);
    const topic = kind('Topic', [
      { id: 'in', title: 'Messages', dir: 'in', speaks: [{ protocol: 'push' }] },
      { id: 'out', title: 'Subscribers', dir: 'out', speaks: [{ protocol: 'push', with: ['function', 'queue'] }] },
    ]);
    const rule = kind('Rule', [{ id: 'in', title: 'Bus', dir: 'in', speaks: [{ protocol: 'push', with: ['bus'] }] }]);
    expect(verdict(place('b', bus), place('r', rule), none, verb).ways).toHaveLength(1);
    expect(verdict(place('b', bus), place('t', topic), none, verb).ways).toHaveLength(1);
    expect(verdict(place('t', topic), place('r', rule), none, verb).why).toBe('A Rule is wired from a bus only.');
    expect(verdict(place('t', topic), place('t', topic), none, verb).why).toBe(
      'A Topic pushs a function or queue only.',
    );
  });
  it('says when a port is full and when the wire is there already', () => {
    const full = verdict(place('t', table), place('f', fn), { ...none, count: () => 1 }, verb);
    expect(full.why).toBe('“Stream” takes at most 1 wire.');
    const twice = verdict(place('f', fn), place('t', table), { ...none, has: () => true }, verb);
    expect(twice.why).toMatch(/wired already/);
    const other = verdict(
      place('f', fn),
      place('t', table),
      { ...none, has: (_, __, w) => w.access === 'write' },
      verb,
    );
    expect(other.ways.map((w) => w.access)).toEqual(['read']);
  });
});
