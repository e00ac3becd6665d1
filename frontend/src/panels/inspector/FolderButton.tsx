// Chooses a folder of the project in the system's own dialog; a browser has none that tells paths, and shows nothing.
import type { ReactElement } from 'react';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { IconButton } from '../../ui/controls';
import { within } from './within';

export function FolderButton(props: {
  label: string;
  disabled: boolean;
  onChoose: (path: string) => void;
}): ReactElement | null {
  const session = useSession();
  const inWindow = useStore(session.entry, (e) => e.phase === 'ready' && e.start.window);
  if (!inWindow) return null;
  const choose = async (): Promise<void> => {
    const chosen = await session.ask('Choose', 'choose', { what: 'folder', title: props.label });
    if (!chosen?.path) return;
    const path = within(session.project.get()?.path ?? '', chosen.path);
    if (path !== null) props.onChoose(path);
    else
      session.toasts.fail(
        props.label,
        new Error('only a folder inside the project can be taken: what lies elsewhere would not come along with it'),
      );
  };
  return (
    <IconButton
      icon="folder"
      size={15}
      label={`Choose ${props.label}`}
      disabled={props.disabled}
      onClick={() => void choose()}
    />
  );
}
