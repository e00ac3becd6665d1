import { alignSelected, distributeSelected, orderSelected, tidy } from '../../canvas/arrange';
import {
  askWire,
  groupSelected,
  nudge,
  settle,
  stretch,
  toggleFold,
  toggleLock,
  ungroupSelected,
} from '../../canvas/verbs';
import { grid } from '../../design/geometry';
import type { App } from '../app';
import { saved } from '../saved';
import { type Action, editable, nodes, ways } from './action';

const wireable = (a: App): boolean => {
  const [n, ...more] = a.board.selectedNodes;
  return editable(a) && !!n && more.length === 0 && a.session.shelf.spec(n.kind).shape === 'node';
};

/** Moves with the arrow keys, by a unit or by three steps of the grid. */
const nudges: Action[] = ways.flatMap(({ name, x, y }) =>
  (
    [
      ['', 1],
      ['Shift+', 3 * grid],
    ] as const
  ).map(([mod, by]) => ({
    id: `nudge.${mod ? 'grid.' : ''}${name.toLowerCase()}`,
    title: `Nudge ${name.toLowerCase()}${mod ? ' by the grid' : ''}`,
    group: 'Arrange' as const,
    keys: [`${mod}Arrow${name}`],
    canvas: true,
    keysOnly: true,
    when: nodes,
    run: (a: App) => {
      nudge(a.board, x * by, y * by);
    },
  })),
);

const stretches: Action[] = ways.map(({ name, x, y }) => {
  const title = { Up: 'Shorter', Down: 'Taller', Left: 'Narrower', Right: 'Wider' }[name];
  return {
    id: `resize.${title.toLowerCase()}`,
    title: `${title} (groups and notes)`,
    group: 'Arrange',
    keys: [`Alt+Shift+Arrow${name}`],
    canvas: true,
    keysOnly: true,
    when: nodes,
    run: (a) => {
      stretch(a.board, x * grid, y * grid);
    },
  };
});

const several = (a: App): boolean => nodes(a) && a.board.selectedNodes.length > 1;

/** Go lays out what it has. */
async function tidySaved(a: App, direction: 'right' | 'down'): Promise<void> {
  settle(a.board);
  if (await saved(a.session, 'Tidy')) await tidy(a.board, direction);
}

/** Keys as in other drawing programs: A D W S lie as the sides do. */
const lines: Action[] = (
  [
    ['left', 'Align left', 'A'],
    ['right', 'Align right', 'D'],
    ['top', 'Align top', 'W'],
    ['bottom', 'Align bottom', 'S'],
    ['centre', 'Align centres', 'H'],
    ['middle', 'Align middles', 'V'],
  ] as const
).map(([line, title, key]) => ({
  id: `arrange.${line}`,
  title,
  group: 'Arrange',
  keys: [`Alt+${key}`],
  canvas: true,
  when: several,
  run: (a) => {
    alignSelected(a.board, line);
  },
}));

const gaps: Action[] = (
  [
    ['x', 'Distribute horizontally', 'H'],
    ['y', 'Distribute vertically', 'V'],
  ] as const
).map(([axis, title, key]) => ({
  id: `arrange.distribute.${axis}`,
  title,
  group: 'Arrange',
  keys: [`Alt+Shift+${key}`],
  canvas: true,
  when: (a) => nodes(a) && a.board.selectedNodes.length > 2,
  run: (a) => {
    distributeSelected(a.board, axis);
  },
}));

export const arrange: Action[] = [
  {
    id: 'node.add',
    title: 'Add a node…',
    group: 'Arrange',
    icon: 'add',
    keys: ['A'],
    canvas: true,
    when: editable,
    run: (a) => {
      const v = a.board.view;
      if (!v) return;
      const r = v.element.getBoundingClientRect();
      const at = { x: r.left + r.width / 2 - 160, y: r.top + r.height / 3 };
      const w = v.window();
      a.board.asking.set({
        kind: 'target',
        at,
        from: null,
        spot: { x: w.x + w.w / 2, y: w.y + w.h / 2 },
        others: false,
      });
    },
  },
  {
    id: 'wire.to',
    title: 'Wire to…',
    group: 'Arrange',
    icon: 'wire',
    keys: ['W'],
    canvas: true,
    when: wireable,
    run: (a) => {
      askWire(a.board, 'out');
    },
  },
  {
    id: 'wire.from',
    title: 'Wire from…',
    group: 'Arrange',
    keys: ['Shift+W'],
    canvas: true,
    when: wireable,
    run: (a) => {
      askWire(a.board, 'in');
    },
  },
  {
    id: 'arrange.group',
    title: 'Group',
    group: 'Arrange',
    icon: 'group',
    keys: ['Ctrl+G'],
    when: nodes,
    run: (a) => {
      groupSelected(a.board);
    },
  },
  {
    id: 'arrange.ungroup',
    title: 'Ungroup',
    group: 'Arrange',
    keys: ['Ctrl+Shift+G'],
    when: (a) => nodes(a) && a.board.selectedNodes.some((n) => a.session.shelf.isGroup(n.kind)),
    run: (a) => {
      ungroupSelected(a.board);
    },
  },
  {
    id: 'arrange.fold',
    title: 'Collapse or open the group',
    group: 'Arrange',
    keys: ['C'],
    canvas: true,
    when: (a) => nodes(a) && a.board.selectedNodes.some((n) => a.session.shelf.isGroup(n.kind)),
    run: (a) => {
      toggleFold(a.board, a.board.selected);
    },
  },
  {
    id: 'arrange.lock',
    title: 'Lock',
    group: 'Arrange',
    icon: 'lock',
    keys: ['Ctrl+Shift+L'],
    when: nodes,
    checked: (a) => a.board.selectedNodes.length > 0 && a.board.selectedNodes.every((n) => n.locked),
    run: (a) => {
      toggleLock(a.board);
    },
  },
  {
    id: 'arrange.tidy',
    title: 'Tidy from left to right',
    group: 'Arrange',
    icon: 'align',
    keys: ['Ctrl+Alt+T'],
    when: editable,
    run: (a) => tidySaved(a, 'right'),
  },
  {
    id: 'arrange.tidy.down',
    title: 'Tidy from top to bottom',
    group: 'Arrange',
    keys: ['Ctrl+Alt+Shift+T'],
    when: editable,
    run: (a) => tidySaved(a, 'down'),
  },
  {
    id: 'arrange.front',
    title: 'Bring to the front',
    group: 'Arrange',
    keys: ['Ctrl+]'],
    canvas: true,
    when: nodes,
    run: (a) => {
      orderSelected(a.board, 1);
    },
  },
  {
    id: 'arrange.back',
    title: 'Bring to the back',
    group: 'Arrange',
    keys: ['Ctrl+['],
    canvas: true,
    when: nodes,
    run: (a) => {
      orderSelected(a.board, -1);
    },
  },
  ...lines,
  ...gaps,
  ...nudges,
  ...stretches,
];
