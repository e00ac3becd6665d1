import { fit } from '../../canvas/verbs';
import { highContrast, nextTheme } from '../theme';
import { type Action, open } from './action';

export const view: Action[] = [
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
    title: 'Palette and outline',
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
    id: 'view.outline',
    anywhere: true,
    title: 'Outline of the drawing',
    group: 'View',
    icon: 'outline',
    keys: ['Ctrl+Alt+4'],
    when: open,
    run: (a) => {
      a.showLeft('outline');
    },
  },
  {
    id: 'view.side',
    anywhere: true,
    title: 'Properties, findings and history',
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
    title: 'Table, template, deploy, call and logs',
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
    id: 'view.resources',
    title: 'All resources',
    group: 'View',
    keys: ['Shift+R'],
    canvas: true,
    when: open,
    checked: (a) => a.session.prefs.get().resources,
    run: (a) => {
      const on = !a.session.prefs.get().resources;
      a.session.prefs.update((p) => ({ ...p, resources: on }));
      a.session.say(on ? 'Shows all resources' : 'Hides generated resources');
    },
  },
  {
    id: 'view.contrast',
    title: 'High contrast',
    group: 'View',
    checked: (a) => highContrast(a.session.prefs.get().contrast),
    run: (a) => {
      a.session.prefs.update((p) => ({ ...p, contrast: highContrast(p.contrast) ? 'normal' : 'more' }));
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
];
