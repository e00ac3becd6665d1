// A link out of the interface. A window opens it in the person's own browser, and Go decides what may be opened; in a
// browser it is a plain link that gives nothing away.
import type { ReactElement, ReactNode } from 'react';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { Icon } from '../../ui/icons';
import { isOpenable } from './openable';

/** sandbox names the one whose deployment the address comes from, where it is not one of the documentation. */
export function External({
  url,
  sandbox,
  children,
}: {
  url: string;
  sandbox?: string;
  children: ReactNode;
}): ReactElement {
  const session = useSession();
  const inWindow = useStore(session.entry, (e) => e.phase === 'ready' && e.start.window);
  if (!isOpenable(url)) return <span className="external">{children}</span>;
  if (!inWindow) {
    return (
      <a className="external" href={url} target="_blank" rel="noopener noreferrer">
        {children}
        <Icon name="external" size={12} />
      </a>
    );
  }
  return (
    <button
      type="button"
      className="external"
      title={url}
      onClick={() => {
        void session.ask('Open', 'external', sandbox ? { url, sandbox } : { url });
      }}
    >
      {children}
      <Icon name="external" size={12} />
    </button>
  );
}
