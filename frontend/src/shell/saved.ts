import type { Session } from '../session/session';

/** Waits until every edit is saved; false where something keeps them from being saved, which is then said. */
export function saved(session: Session, doing: string): Promise<boolean> {
  return new Promise((done) => {
    const stops: (() => void)[] = [];
    const end = (ok: boolean): void => {
      for (const stop of stops) stop();
      done(ok);
    };
    const look = (): boolean => {
      const s = session.project.get()?.saving;
      if (s?.state === 'saving') return false;
      if (s?.state === 'unsaved') session.toasts.fail(doing, new Error(`the drawing is not saved: ${s.reason}`));
      end(s?.state === 'saved');
      return true;
    };
    if (!look()) stops.push(session.project.subscribe(look));
  });
}
