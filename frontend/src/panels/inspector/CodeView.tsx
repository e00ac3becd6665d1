// A function's source, to be read: the files, and the one with the handler. People edit it in their own editor.
import { type ReactElement, useCallback, useEffect, useState } from 'react';
import { asFault, type CodeAnswer, type Fault } from '../../bridge/api';
import { useSession } from '../../session/context';
import { useStore } from '../../session/store';
import { IconButton, Spinner } from '../../ui/controls';
import { CodeEditor } from '../../ui/editor';
import { languageOf } from '../../ui/editorlanguages';
import { CopyButton } from '../parts/Copy';
import { FaultNotice } from '../parts/Notice';
import { Section } from './Form';

export function CodeView({ node }: { node: string }): ReactElement | null {
  const session = useSession();
  const props = useStore(session.project, (p) => p?.design.nodes[node]?.props);
  const [state, setState] = useState<{ code: CodeAnswer | null; fault: Fault | null }>({ code: null, fault: null });
  const ask = useCallback(async (): Promise<{ code: CodeAnswer | null; fault: Fault | null }> => {
    try {
      return { code: await session.bridge.call('code', { node }), fault: null };
    } catch (e) {
      return { code: null, fault: asFault(e) };
    }
  }, [session, node]);
  useEffect(() => {
    let left = false;
    const timer = setTimeout(() => {
      void ask().then((s) => {
        if (!left) setState(s);
      });
    }, 100);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [ask, props]);

  const again = (): void => void ask().then(setState);
  const { code, fault } = state;
  // Not every node with a path has code of its own.
  if (fault?.code === 'unsupported') return null;
  const files = code?.files ?? [];
  return (
    <Section title="Source" open={false} badge={code && <span className="quiet mono">{code.path}</span>}>
      {fault ? (
        <FaultNotice
          doing="The source cannot be shown"
          fault={fault}
          action={
            <>
              <ShowFolder node={node} onShown={again} />
              <IconButton icon="refresh" label="Look again" onClick={again} />
            </>
          }
        />
      ) : !code ? (
        <Spinner label="Reading the source" />
      ) : (
        <>
          <div className="code-head">
            <span className="quiet">
              {files.length} {files.length === 1 ? 'file' : 'files'}
            </span>
            <span className="grow" />
            <CopyButton what="Path" text={code.path} />
            <ShowFolder node={node} onShown={again} />
            <IconButton icon="refresh" label="Read again" onClick={again} />
          </div>
          <ul className="code-files mono">
            {files.slice(0, 40).map((f) => (
              <li key={f.name} aria-current={f.name === code.main?.name}>
                <span>{f.name}</span>
                <span className="quiet">{size(f.size)}</span>
              </li>
            ))}
            {files.length > 40 && <li className="quiet">and {files.length - 40} more</li>}
          </ul>
          {code.main ? (
            <CodeEditor
              text={code.main.text}
              language={languageOf(code.main.name)}
              label={`Text of ${code.main.name}`}
              readOnly
            />
          ) : (
            <p className="quiet">The handler’s file is not there.</p>
          )}
        </>
      )}
    </Section>
  );
}

/** Shows the source folder beside the person's own editor; a function that was just drawn gets its first code with it. In a
    browser the path can be copied. */
function ShowFolder({ node, onShown }: { node: string; onShown: () => void }): ReactElement | null {
  const session = useSession();
  const inWindow = useStore(session.entry, (e) => e.phase === 'ready' && e.start.window);
  if (!inWindow) return null;
  return (
    <IconButton
      icon="folder"
      label="Show the folder, to edit it in your own editor"
      onClick={() => void session.ask('Show the folder', 'reveal', { node }).then(onShown)}
    />
  );
}

const size = (n: number): string =>
  n < 1000 ? `${String(n)} B` : n < 1e6 ? `${(n / 1000).toFixed(1)} kB` : `${(n / 1e6).toFixed(1)} MB`;
