import { escape, selectAll, step, walk } from '../../canvas/verbs';
import { reach } from '../../design/select';
import type { App } from '../app';
import { type Action, nodes, open, ways } from './action';

/** Selects what a direction leads to from the selection. */
function spread(a: App, directions: readonly (1 | -1)[]): void {
  const d = a.session.design;
  const from = a.board.selectedNodes.map((n) => n.id);
  const all = new Set(from);
  for (const dir of directions) for (const id of reach(d, from, dir)) all.add(id);
  a.session.select(all);
  a.session.say(`Selected ${String(all.size)} nodes`);
}

const along: Action[] = ways.map(({ name }) => ({
  id: `walk.${name.toLowerCase()}`,
  title: { Up: 'Neighbour above', Down: 'Neighbour below', Left: 'Back along the wire', Right: 'On along the wire' }[
    name
  ],
  group: 'Select',
  keys: [`Alt+Arrow${name}`],
  canvas: true,
  keysOnly: true,
  when: open,
  run: (a) => {
    walk(a.board, name.toLowerCase() as 'up' | 'down' | 'left' | 'right');
  },
}));

export const select: Action[] = [
  {
    id: 'select.next',
    title: 'Next node in reading order',
    group: 'Select',
    keys: ['Tab'],
    canvas: true,
    keysOnly: true,
    when: open,
    run: (a) => step(a.board, 1),
  },
  {
    id: 'select.previous',
    title: 'Previous node in reading order',
    group: 'Select',
    keys: ['Shift+Tab'],
    canvas: true,
    keysOnly: true,
    when: open,
    run: (a) => step(a.board, -1),
  },
  {
    id: 'select.all',
    title: 'Select all',
    group: 'Select',
    keys: ['Ctrl+A'],
    canvas: true,
    when: open,
    run: (a) => {
      selectAll(a.board);
    },
  },
  {
    id: 'select.escape',
    title: 'Back out: question, gesture, tool, selection',
    group: 'Select',
    keys: ['Escape'],
    keysOnly: true,
    when: open,
    run: (a) => {
      const free = !a.board.gesture.get() && !a.board.asking.get();
      if (a.drawer.get() && free) a.drawer.set('');
      else if (a.finding.get() && free) a.finding.set(false);
      else escape(a.board);
      a.board.takeFocus();
    },
  },
  {
    id: 'select.upstream',
    title: 'Select upstream',
    group: 'Select',
    keys: ['G U'],
    canvas: true,
    when: nodes,
    run: (a) => spread(a, [-1]),
  },
  {
    id: 'select.downstream',
    title: 'Select downstream',
    group: 'Select',
    keys: ['G D'],
    canvas: true,
    when: nodes,
    run: (a) => spread(a, [1]),
  },
  {
    id: 'select.connected',
    title: 'Select connected',
    group: 'Select',
    keys: ['G C'],
    canvas: true,
    when: nodes,
    run: (a) => spread(a, [1, -1]),
  },
  {
    id: 'select.find',
    anywhere: true,
    title: 'Find on the drawing…',
    group: 'Select',
    icon: 'search',
    keys: ['Ctrl+F'],
    when: open,
    run: (a) => {
      a.finding.set(true);
      requestAnimationFrame(() => document.querySelector<HTMLInputElement>('.find input')?.select());
    },
  },
  ...along,
];
