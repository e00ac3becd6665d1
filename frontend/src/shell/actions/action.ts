// What an action is, and when it is possible.
import type { IconName } from '../../ui/icons';
import type { App } from '../app';

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

export const open = (a: App): boolean => a.session.project.get() !== null;
export const editable = (a: App): boolean => open(a) && !a.session.readOnly;
export const chosen = (a: App): boolean => editable(a) && a.session.selection.get().size > 0;
export const nodes = (a: App): boolean => editable(a) && a.board.selectedNodes.length > 0;

/** The four ways, with the steps that they are. */
export const ways = [
  { name: 'Up', x: 0, y: -1 },
  { name: 'Down', x: 0, y: 1 },
  { name: 'Left', x: -1, y: 0 },
  { name: 'Right', x: 1, y: 0 },
] as const;
