import { createContext, useContext } from 'react';
import type { Session } from './session';

export const SessionContext = createContext<Session | null>(null);

/** The page's session. */
export function useSession(): Session {
  const s = useContext(SessionContext);
  if (!s) throw new Error('a component outside of the session');
  return s;
}
