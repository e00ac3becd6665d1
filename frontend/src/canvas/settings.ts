// Settings travel from a node to others of its kind: everything but where its files lie.
import { setUp } from '../design/edits';
import type { Board } from './board';
import { amount, settle } from './verbs';

export function copySettings(b: Board): void {
  settle(b);
  const [n] = b.selectedNodes;
  if (!n) return;
  b.settings.set({ kind: n.kind, name: n.name, props: n.props ?? {} });
  b.session.say(`Copied the settings of ${n.name}`);
}

export function pasteSettings(b: Board): void {
  settle(b);
  const from = b.settings.get();
  if (!from) return;
  const ids = b.selectedNodes.filter((n) => n.kind === from.kind).map((n) => n.id);
  const files = new Set<string>();
  for (const f of b.session.shelf.spec(from.kind).fields) if (f.type === 'path' || f.type === 'code') files.add(f.name);
  const what = amount(b, ids);
  b.edit(
    setUp(b.design, ids, from.props, (f) => files.has(f)),
    `set up ${what} as ${from.name}`,
  );
  b.session.say(`Set up ${what} as ${from.name}`);
}
