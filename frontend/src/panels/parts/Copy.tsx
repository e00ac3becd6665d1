// Copying to the clipboard, with a word about it.
import type { ReactElement } from 'react';
import { useSession } from '../../session/context';
import type { Session } from '../../session/session';
import { IconButton } from '../../ui/controls';

/** Copies a text and says so; a browser that refuses is named. */
export async function copyText(session: Session, what: string, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    session.toasts.say({ title: `${what} copied` });
    session.say(`${what} copied`);
  } catch (e) {
    session.toasts.fail(`Copy ${what.toLowerCase()}`, e);
  }
}

export function CopyButton({ what, text, disabled }: { what: string; text: string; disabled?: boolean }): ReactElement {
  const session = useSession();
  return (
    <IconButton
      icon="copy"
      label={`Copy ${what.toLowerCase()}`}
      disabled={disabled}
      onClick={() => {
        void copyText(session, what, text);
      }}
    />
  );
}
