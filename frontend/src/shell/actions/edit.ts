import { clip, pasteFromMenu } from '../../canvas/clipboard';
import { duplicate, removeSelected, settle, startRename } from '../../canvas/verbs';
import { copySettings, pasteSettings } from '../../canvas/settings';
import { healSelected } from '../../canvas/wiring';
import { type App, focusIn } from '../app';
import { saved } from '../saved';
import { type Action, chosen, editable, nodes, open } from './action';

const undoable = (a: App): boolean => {
  const p = a.session.project.get();
  return p !== null && (p.undo !== '' || p.saving.state !== 'saved');
};

export const edit: Action[] = [
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
    id: 'edit.settings.copy',
    title: 'Copy settings',
    group: 'Edit',
    keys: ['Ctrl+Alt+C'],
    when: (a) => open(a) && a.board.selectedNodes.length === 1,
    run: (a) => {
      copySettings(a.board);
    },
  },
  {
    id: 'edit.settings.paste',
    title: 'Paste settings',
    group: 'Edit',
    keys: ['Ctrl+Alt+V'],
    when: (a) => nodes(a) && a.board.selectedNodes.some((n) => n.kind === a.board.settings.get()?.kind),
    run: (a) => {
      pasteSettings(a.board);
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
      focusIn('#side-panel');
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
  {
    id: 'edit.heal',
    title: 'Delete and heal the wire',
    group: 'Edit',
    keys: ['Ctrl+Delete', 'Ctrl+Backspace'],
    canvas: true,
    danger: true,
    when: nodes,
    run: (a) => {
      healSelected(a.board);
    },
  },
];
