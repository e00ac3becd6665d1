// Everything that can be done, in one table: it feeds the menus, the keys, the context menu, the command palette and the
// sheet of shortcuts.
import type { App } from '../app';
import type { Action } from './action';
import { arrange } from './arrange';
import { edit } from './edit';
import { project } from './project';
import { help, run } from './run';
import { select } from './select';
import { view } from './view';

export type { Action, Group } from './action';
export { exports } from './project';

export const actions: readonly Action[] = [...project, ...edit, ...select, ...arrange, ...view, ...run, ...help];

const byID = new Map(actions.map((a) => [a.id, a]));

/** The action of an id; the ids are the table's own, so an unknown one is a mistake of ours. */
export function action(id: string): Action {
  const a = byID.get(id);
  if (!a) throw new Error(`there is no action ${id}`);
  return a;
}

export const enabled = (app: App, a: Action): boolean => a.when?.(app) ?? true;
