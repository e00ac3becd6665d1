// Everything that can be done, in one table: it feeds the menus, the keys, the context menu, the command palette and the
// sheet of shortcuts.
import { clip, pasteFromMenu } from '../canvas/clipboard';
import {
  askWire,
  duplicate,
  escape,
  fit,
  groupSelected,
  nudge,
  removeSelected,
  selectAll,
  settle,
  startRename,
  step,
  stretch,
  toggleLock,
  ungroupSelected,
  walk,
} from '../canvas/verbs';
import { grid } from '../design/geometry';
import { reach } from '../design/select';
import type { IconName } from '../ui/icons';
import type { App } from './app';
import { deployNow } from './deploy';
import { exportAs } from './export';
import { saved } from './saved';
import { nextTheme } from './theme';

export type Group = 'Project' | 'Edit' | 'Select' | 'Arrange' | 'View' | 'Run' | 'Help';

export interface Action {
  id: string;
  title: string;
  group: Group;
  icon?: IconName;
  keys?: readonly string[];
  /** Only while the keyboard is with the canvas: keys that mean something else elsewhere. */
  canvas?: boolean;
  /** Even while a text is being written: its keys write nothing and mean nothing to a text. */
  anywhere?: boolean;
  /** The browser's own event does it (copy, cut, paste): keys are shown, not caught. */
  native?: boolean;
  /** Shown in the sheet of shortcuts only: travelling keys are nothing to choose from a list. */
  keysOnly?: boolean;
  danger?: boolean;
  when?: (a: App) => boolean;
  checked?: (a: App) => boolean;
  /** False: it did nothing, and the key goes on. */
  run: (a: App) => unknown;
}

const open = (a: App): boolean => a.session.project.get() !== null;
const editable = (a: App): boolean => open(a) && !a.session.readOnly;
const chosen = (a: App): boolean => editable(a) && a.session.selection.get().size > 0;
const nodes = (a: App): boolean => editable(a) && a.board.selectedNodes.length > 0;
const wireable = (a: App): boolean => {
  const [n, ...more] = a.board.selectedNodes;
  return editable(a) && !!n && more.length === 0 && a.session.shelf.spec(n.kind).shape === 'node';
};

const undoable = (a: App): boolean => {
  const p = a.session.project.get();
  return p !== null && (p.undo !== '' || p.saving.state !== 'saved');
};

/** Selects what a direction leads to from the selection. */
function spread(a: App, directions: readonly (1 | -1)[]): void {
  const d = a.session.design;
  const from = a.board.selectedNodes.map((n) => n.id);
  const all = new Set(from);
  for (const dir of directions) for (const id of reach(d, from, dir)) all.add(id);
  a.session.select(all);
  a.session.say(`Selected ${String(all.size)} nodes`);
}

const nudges: Action[] = (
  [
    ['Up', 0, -1],
    ['Down', 0, 1],
    ['Left', -1, 0],
    ['Right', 1, 0],
  ] as const
).flatMap(([name, x, y]) => [
  {
    id: `nudge.${name.toLowerCase()}`,
    title: `Nudge ${name.toLowerCase()}`,
    group: 'Arrange' as const,
    keys: [`Arrow${name}`],
    canvas: true,
    keysOnly: true,
    when: nodes,
    run: (a: App) => {
      nudge(a.board, x, y);
    },
  },
  {
    id: `nudge.grid.${name.toLowerCase()}`,
    title: `Nudge ${name.toLowerCase()} by the grid`,
    group: 'Arrange' as const,
    keys: [`Shift+Arrow${name}`],
    canvas: true,
    keysOnly: true,
    when: nodes,
    run: (a: App) => {
      nudge(a.board, x * grid * 3, y * grid * 3);
    },
  },
  {
    id: `walk.${name.toLowerCase()}`,
    title: { Up: 'Neighbour above', Down: 'Neighbour below', Left: 'Back along the wire', Right: 'On along the wire' }[
      name
    ],
    group: 'Select' as const,
    keys: [`Alt+Arrow${name}`],
    canvas: true,
    keysOnly: true,
    when: open,
    run: (a: App) => {
      walk(a.board, name.toLowerCase() as 'up' | 'down' | 'left' | 'right');
    },
  },
]);

const stretches: Action[] = (
  [
    ['Wider', 'Right', 1, 0],
    ['Narrower', 'Left', -1, 0],
    ['Taller', 'Down', 0, 1],
    ['Shorter', 'Up', 0, -1],
  ] as const
).map(([title, key, x, y]) => ({
  id: `resize.${title.toLowerCase()}`,
  title: `${title} (groups and notes)`,
  group: 'Arrange',
  keys: [`Alt+Shift+Arrow${key}`],
  canvas: true,
  keysOnly: true,
  when: nodes,
  run: (a) => {
    stretch(a.board, x * grid, y * grid);
  },
}));

export const actions: readonly Action[] = [
  // Project
  {
    id: 'project.new',
    anywhere: true,
    title: 'New project…',
    group: 'Project',
    icon: 'add',
    keys: ['Ctrl+Alt+N'],
    run: (a) => a.sheet.set('new'),
  },
  {
    id: 'project.open',
    anywhere: true,
    title: 'Open project…',
    group: 'Project',
    icon: 'folder',
    keys: ['Ctrl+O'],
    run: (a) => a.sheet.set('open'),
  },
  {
    id: 'project.close',
    title: 'Close project',
    group: 'Project',
    icon: 'back',
    when: open,
    run: (a) => {
      settle(a.board);
      return a.session.close();
    },
  },
  {
    id: 'export.svg',
    anywhere: true,
    title: 'Export the drawing as SVG',
    group: 'Project',
    icon: 'down',
    keys: ['Ctrl+Shift+E'],
    when: open,
    run: (a) => exportAs(a, 'svg'),
  },
  {
    id: 'export.dot',
    title: 'Export the drawing as DOT (Graphviz)',
    group: 'Project',
    icon: 'down',
    when: open,
    run: (a) => exportAs(a, 'dot'),
  },

  // Edit
  {
    id: 'edit.undo',
    title: 'Undo',
    group: 'Edit',
    icon: 'undo',
    keys: ['Ctrl+Z'],
    // The first edit may still be on its way: it can be undone as soon as it is seen.
    when: (a) => editable(a) && (undoable(a) || a.board.gesture.get()?.kind === 'nudge'),
    run: async (a) => {
      settle(a.board);
      if (!a.session.project.get()?.undo && !(await saved(a.session, 'Undo'))) return;
      await a.session.undo();
    },
  },
  {
    id: 'edit.redo',
    title: 'Redo',
    group: 'Edit',
    icon: 'redo',
    keys: ['Ctrl+Shift+Z', 'Ctrl+Y'],
    when: (a) => editable(a) && !!a.session.project.get()?.redo,
    run: (a) => a.session.redo(),
  },
  { id: 'edit.cut', title: 'Cut', group: 'Edit', keys: ['Ctrl+X'], native: true, when: nodes, run: () => clip('cut') },
  {
    id: 'edit.copy',
    title: 'Copy',
    group: 'Edit',
    icon: 'copy',
    keys: ['Ctrl+C'],
    native: true,
    when: (a) => open(a) && a.board.selectedNodes.length > 0,
    run: () => clip('copy'),
  },
  {
    id: 'edit.paste',
    title: 'Paste here',
    group: 'Edit',
    keys: ['Ctrl+V'],
    native: true,
    when: editable,
    run: (a) => pasteFromMenu(a.board),
  },
  {
    id: 'edit.duplicate',
    title: 'Duplicate',
    group: 'Edit',
    keys: ['Ctrl+D'],
    when: nodes,
    run: (a) => {
      duplicate(a.board);
    },
  },
  {
    id: 'edit.properties',
    title: 'Properties',
    group: 'Edit',
    icon: 'panelRight',
    keys: ['Enter'],
    canvas: true,
    when: (a) => open(a) && a.session.selection.get().size > 0,
    run: (a) => {
      a.showSide('properties');
      requestAnimationFrame(() => {
        document.querySelector<HTMLElement>('#side-panel :is(input, select, textarea, button)')?.focus();
      });
    },
  },
  {
    id: 'edit.rename',
    title: 'Rename',
    group: 'Edit',
    keys: ['F2'],
    when: (a) => nodes(a) && a.board.selectedNodes.length === 1,
    run: (a) => {
      startRename(a.board);
    },
  },
  {
    id: 'edit.delete',
    title: 'Delete',
    group: 'Edit',
    icon: 'trash',
    keys: ['Delete', 'Backspace'],
    canvas: true,
    danger: true,
    when: chosen,
    run: (a) => {
      removeSelected(a.board);
    },
  },

  // Select
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
      if (a.drawer.get() && !a.board.gesture.get()) a.drawer.set('');
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
    run: (a) => a.sheet.set('find'),
  },

  // Arrange
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
  ...nudges,
  ...stretches,

  // View
  {
    id: 'tool.select',
    title: 'Select tool',
    group: 'View',
    icon: 'select',
    keys: ['V'],
    canvas: true,
    when: open,
    run: (a) => a.board.tool.set('select'),
  },
  {
    id: 'tool.hand',
    title: 'Hand tool',
    group: 'View',
    icon: 'hand',
    keys: ['H'],
    canvas: true,
    when: open,
    run: (a) => a.board.tool.set('hand'),
  },
  {
    id: 'view.in',
    anywhere: true,
    title: 'Zoom in',
    group: 'View',
    keys: ['Ctrl++', 'Ctrl+='],
    when: open,
    run: (a) => a.board.view?.zoomBy(1.25),
  },
  {
    id: 'view.out',
    anywhere: true,
    title: 'Zoom out',
    group: 'View',
    keys: ['Ctrl+-'],
    when: open,
    run: (a) => a.board.view?.zoomBy(0.8),
  },
  {
    id: 'view.whole',
    anywhere: true,
    title: 'Zoom to 100 %',
    group: 'View',
    keys: ['Ctrl+0'],
    when: open,
    run: (a) => a.board.view?.zoomTo(1),
  },
  {
    id: 'view.fit',
    title: 'Fit the drawing',
    group: 'View',
    icon: 'fit',
    keys: ['Shift+1'],
    when: open,
    run: (a) => {
      fit(a.board);
    },
  },
  {
    id: 'view.selection',
    title: 'Fit the selection',
    group: 'View',
    keys: ['Shift+2'],
    when: (a) => open(a) && a.session.selection.get().size > 0,
    run: (a) => {
      fit(a.board, a.board.selected);
    },
  },
  {
    id: 'view.palette',
    anywhere: true,
    title: 'Palette',
    group: 'View',
    icon: 'panelLeft',
    keys: ['Ctrl+Alt+1'],
    when: open,
    checked: (a) => (a.narrow.get() ? a.drawer.get() === 'palette' : a.session.prefs.get().palette),
    run: (a) => {
      a.toggleSide('palette');
    },
  },
  {
    id: 'view.side',
    anywhere: true,
    title: 'Properties and findings',
    group: 'View',
    icon: 'panelRight',
    keys: ['Ctrl+Alt+2'],
    when: open,
    checked: (a) => (a.narrow.get() ? a.drawer.get() === 'side' : a.session.prefs.get().side),
    run: (a) => {
      a.toggleSide('side');
    },
  },
  {
    id: 'view.dock',
    anywhere: true,
    title: 'Template, deploy, call and logs',
    group: 'View',
    icon: 'panelBottom',
    keys: ['Ctrl+Alt+3'],
    when: open,
    checked: (a) => a.session.prefs.get().dock,
    run: (a) => {
      a.session.prefs.update((p) => ({ ...p, dock: !p.dock }));
    },
  },
  {
    id: 'view.map',
    title: 'Map where the drawing leaves the screen',
    group: 'View',
    when: open,
    checked: (a) => a.session.prefs.get().minimap,
    run: (a) => {
      a.session.prefs.update((p) => ({ ...p, minimap: !p.minimap }));
    },
  },
  {
    id: 'view.theme',
    anywhere: true,
    title: 'Dark or light',
    group: 'View',
    icon: 'moon',
    keys: ['Alt+Shift+D'],
    run: (a) => {
      a.session.prefs.update((p) => ({ ...p, theme: nextTheme(p.theme) }));
      a.session.say(`Theme: ${a.session.prefs.get().theme}`);
    },
  },

  // Run
  {
    id: 'run.deploy',
    anywhere: true,
    title: 'Deploy…',
    group: 'Run',
    icon: 'deploy',
    keys: ['Ctrl+Shift+D'],
    when: open,
    run: (a) => deployNow(a),
  },
  ...(['template', 'deploy', 'call', 'logs'] as const).map((tab): Action => ({
    id: `dock.${tab}`,
    title: {
      template: 'Show the template',
      deploy: 'Show the deployment',
      call: 'Call a node…',
      logs: 'Show the logs',
    }[tab],
    group: 'Run',
    icon: tab === 'logs' ? 'logs' : tab === 'call' ? 'call' : tab === 'template' ? 'template' : 'cloud',
    when: open,
    run: (a) => {
      a.showDock(tab);
    },
  })),
  {
    id: 'side.findings',
    title: 'Show the findings',
    group: 'Run',
    icon: 'findings',
    when: open,
    run: (a) => {
      a.showSide('findings');
    },
  },

  // Help
  {
    id: 'help.commands',
    anywhere: true,
    title: 'All commands…',
    group: 'Help',
    icon: 'search',
    keys: ['Ctrl+K', 'Ctrl+Shift+P'],
    run: (a) => a.sheet.set('commands'),
  },
  {
    id: 'help.keys',
    title: 'Keyboard shortcuts',
    group: 'Help',
    icon: 'keyboard',
    keys: ['?'],
    run: (a) => a.sheet.set('keys'),
  },
];

const byID = new Map(actions.map((a) => [a.id, a]));

/** The action of an id; the ids are the table's own, so an unknown one is a mistake of ours. */
export function action(id: string): Action {
  const a = byID.get(id);
  if (!a) throw new Error(`there is no action ${id}`);
  return a;
}

export const enabled = (app: App, a: Action): boolean => a.when?.(app) ?? true;
