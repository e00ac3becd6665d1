// A link out of the interface. A window opens it in the person's own browser, and Go decides what may be opened; in a
// browser it is a plain link that gives nothing away.
import type { ReactElement, ReactNode } from 'react';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { Icon } from '../../ui/icons';

/** What a person may be sent to: https, and what runs on this machine. */
export function isOpenable(address: string): boolean {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return false;
  }
  if (url.username !== '' || url.password !== '') return false;
  const here =
    url.hostname === 'localhost' ||
    url.hostname === '127.0.0.1' ||
    url.hostname === '[::1]' ||
    url.hostname.endsWith('.localhost');
  return url.protocol === 'https:' || (url.protocol === 'http:' && here);
}

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
