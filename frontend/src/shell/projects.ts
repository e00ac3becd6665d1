// Opening and making projects, with what goes wrong told where the person looks.
import { asFault } from '../bridge/api';
import type { Session } from '../session/session';

/** Opens a project; a failure is shown as a message. */
export async function openPath(session: Session, path: string): Promise<boolean> {
  try {
    await session.open(path);
    return true;
  } catch (e) {
    session.toasts.fail('Open', e);
    return false;
  }
}

/** Asks for a project with the window's own dialog and opens it. */
export async function openWithDialog(session: Session): Promise<boolean> {
  const chosen = await session.ask('Open', 'choose', { what: 'open', title: 'Open a project' });
  return !!chosen?.path && openPath(session, chosen.path);
}

/** Makes a project from a sample under its own name, or with a number where a folder of that name is in use. */
export async function fromSample(session: Session, sample: string): Promise<void> {
  for (let n = 1; n <= 50; n++) {
    try {
      await session.create({ name: n === 1 ? sample : `${sample}-${String(n)}`, sample });
      return;
    } catch (e) {
      if (asFault(e).code === 'conflict' && n < 50) continue;
      session.toasts.fail('New project', e);
      return;
    }
  }
}
