import { settle } from '../../canvas/verbs';
import { exportAs } from '../export';
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
