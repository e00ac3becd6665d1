import type { ExportFormat } from '../../bridge/api';
import { settle } from '../../canvas/verbs';
import { exportAs } from '../export';
import { saved } from '../saved';
import { focusIn } from '../app';
import { type Action, open } from './action';

/** What the drawing can be exported as, in the order in which it is offered. */
const forms: readonly { format: ExportFormat; title: string }[] = [
  { format: 'svg', title: 'SVG' },
  { format: 'png', title: 'PNG' },
  { format: 'pdf', title: 'PDF' },
  { format: 'md', title: 'a Markdown document' },
  { format: 'mermaid', title: 'Mermaid' },
  { format: 'drawio', title: 'draw.io' },
  { format: 'dot', title: 'DOT (Graphviz)' },
];

export const exports = forms.map((f) => `export.${f.format}`);

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
  ...forms.map(({ format, title }): Action => ({
    id: `export.${format}`,
    title: `Export the drawing as ${title}`,
    group: 'Project',
    icon: 'down',
    ...(format === 'svg' ? { keys: ['Ctrl+Shift+E'], anywhere: true } : {}),
    when: open,
    run: (a) => exportAs(a, format),
  })),
];
