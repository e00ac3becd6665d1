import { fit, settle } from '../canvas/verbs';
import { boundsOf } from '../design/geometry';
import type { App } from './app';
import { saved } from './saved';

/** Shows what a deployment would do: the plan is made of what Go has, so the last edit must be there first. */
export async function deployNow(app: App): Promise<void> {
  const { session } = app;
  settle(app.board);
  app.showDock('deploy');
  const { run } = session.deployer.state.get();
  if (run?.status === 'running') return;
  if (!(await saved(session, 'Deploy'))) return;
  const plan = await session.deployer.plan(session.design.revision);
  if (!plan) return;
  showAll(app);
  const changes = (plan.changes ?? []).filter((c) => c.action !== 'keep').length;
  session.say(changes === 0 ? 'Nothing to deploy' : `The plan: ${String(changes)} changes. See the Deploy panel.`);
}

/** The plan is painted on the drawing: all of it is brought onto the screen where the dock has pushed it off. */
function showAll(app: App): void {
  const all = boundsOf(app.session.design);
  const w = app.board.view?.window();
  if (!all || !w) return;
  const inside = all.x >= w.x && all.y >= w.y && all.x + all.w <= w.x + w.w && all.y + all.h <= w.y + w.h;
  if (!inside) fit(app.board);
}
