import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Bridge } from './bridge/api';
import { httpBridge } from './bridge/http';
import { App } from './shell/app';
import { Shell } from './shell/Shell';
import './ui/tokens.css';
import './ui/base.css';

/** Starts the page over the real bridge; in development `?fake` takes one that needs no Go. */
export async function startApp(): Promise<void> {
  const root = document.getElementById('root');
  if (!root) throw new Error('the page has no place for the interface');
  // Labels of wires are measured before they are drawn, so their font must be there.
  await document.fonts.load('500 10.5px "Inter Variable"').catch(() => undefined);
  const app = new App(await bridge());
  createRoot(root).render(
    <StrictMode>
      <Shell app={app} />
    </StrictMode>,
  );
}

async function bridge(): Promise<Bridge> {
  if (import.meta.env.DEV && new URLSearchParams(location.search).has('fake')) {
    return (await import('./bridge/fake')).fakeBridge();
  }
  return httpBridge();
}

void startApp();
