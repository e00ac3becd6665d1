import { settle } from '../canvas/verbs';
import type { Session } from '../session/session';
import type { App } from './app';

/** Shows what a deployment would do: the plan is made of what Go has, so the last edit must be there first. */
export async function deployNow(app: App): Promise<void> {
  const { session } = app;
  settle(app.board);
  app.showDock('deploy');
  const { run } = session.deployer.state.get();
  if (run?.status === 'running') return;
  if (!(await saved(session))) return;
  const plan = await session.deployer.plan(session.design.revision);
  if (!plan) return;
  const changes = (plan.changes ?? []).filter((c) => c.action !== 'keep').length;
  session.say(changes === 0 ? 'Nothing to deploy' : `The plan: ${String(changes)} changes. See the Deploy panel.`);
}

/** Waits until every edit is saved; false where something keeps them from being saved. */
function saved(session: Session): Promise<boolean> {
  return new Promise((done) => {
    const stops: (() => void)[] = [];
    const end = (ok: boolean): void => {
      for (const stop of stops) stop();
      done(ok);
    };
    const look = (): boolean => {
      const s = session.project.get()?.saving;
      if (s?.state === 'saving') return false;
      if (s?.state === 'unsaved') session.toasts.fail('Deploy', new Error(`the drawing is not saved: ${s.reason}`));
      end(s?.state === 'saved');
      return true;
    };
    if (!look()) stops.push(session.project.subscribe(look));
  });
}
