import { settle } from '../../canvas/verbs';
import { exportAs } from '../export';
import { saved } from '../saved';
import { focusIn } from '../app';
import { type Action, open } from './action';

export const project: Action[] = [
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
    // Hands do it by habit; here there is nothing to do but to tell the truth.
    id: 'project.save',
    title: 'Save (happens by itself)',
    group: 'Project',
    keys: ['Ctrl+S'],
    keysOnly: true,
    anywhere: true,
    when: open,
    run: async (a) => {
      settle(a.board);
      if (await saved(a.session, 'Save'))
        a.session.toasts.say({ title: 'Saved', text: 'Every change is saved as it is made.' });
    },
  },
  {
    id: 'project.saveas',
    anywhere: true,
    title: 'Save as…',
    group: 'Project',
    icon: 'copy',
    keys: ['Ctrl+Shift+S'],
    when: open,
    run: (a) => a.sheet.set('saveas'),
  },
  {
    id: 'project.copy',
    title: 'Duplicate project…',
    group: 'Project',
    when: open,
    run: (a) => a.sheet.set('copy'),
  },
  {
    id: 'side.history',
    anywhere: true,
    title: 'History of the drawing',
    group: 'Project',
    icon: 'history',
    keys: ['Ctrl+Alt+6'],
    when: open,
    run: (a) => {
      a.showSide('history');
      focusIn('#side-panel');
    },
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
];
