import type { ExportFormat } from '../bridge/api';
import { settle } from '../canvas/verbs';
import type { App } from './app';
import { shownTheme } from './theme';

/** Gives the drawing (or what is selected of it) as a file. */
export async function exportAs(app: App, format: ExportFormat): Promise<void> {
  const { session, board } = app;
  settle(board);
  const ids = board.selectedNodes.map((n) => n.id);
  const theme = shownTheme(session.prefs.get().theme);
  const what = ids.length > 0 ? `${String(ids.length)} selected nodes` : 'the whole drawing';
  const entry = session.entry.get();
  if (entry.phase === 'ready' && entry.start.window) {
    const saved = await session.ask('Export', 'save', { format, ids, theme });
    if (saved?.path) session.toasts.say({ title: `Exported ${saved.path}`, text: `It holds ${what}.` });
    return;
  }
  const out = await session.ask('Export', 'export', { format, ids, theme });
  if (!out) return;
  const url = URL.createObjectURL(new Blob([out.body ? bytes(out.body) : out.text], { type: out.mime }));
  const link = document.createElement('a');
  link.href = url;
  link.download = out.name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 10_000);
  session.toasts.say({ title: `Exported ${out.name}`, text: `It holds ${what}.` });
}

const bytes = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
