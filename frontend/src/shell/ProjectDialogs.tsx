// Making a project and opening one by its path. In the window the system's own dialogs choose folders and files.
import { type ReactElement, useId, useState } from 'react';
import { asFault, type Fault } from '../bridge/api';
import { useStore } from '../session/store';
import { sentence } from '../session/toasts';
import { Button, Spinner } from '../ui/controls';
import { Dialog } from '../ui/dialog';
import type { App } from './app';
import { openWithDialog } from './projects';
import { saved } from './saved';

export function NewProject({ app, onClose }: { app: App; onClose: () => void }): ReactElement {
  const { session } = app;
  const start = useStore(session.entry, (e) => (e.phase === 'ready' ? e.start : null));
  const [name, setName] = useState('');
  const [folder, setFolder] = useState(start?.folder ?? '');
  const [sample, setSample] = useState('');
  const { busy, fault, attempt } = useAttempt(onClose);
  const form = useId();
  const wanted = name.trim();
  return (
    <Dialog
      title="New project"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} disabled={wanted === '' || busy}>
            {busy && <Spinner label="Creating" />}
            Create
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="dialog-form"
        onSubmit={(e) => {
          e.preventDefault();
          if (wanted) attempt(session.create({ name: wanted, folder, sample }));
        }}
      >
        <label>
          <span>Name</span>
          <input
            className="input"
            data-first
            value={name}
            spellCheck={false}
            placeholder="shop"
            onChange={(e) => {
              setName(e.target.value);
            }}
          />
        </label>
        <FolderField app={app} value={folder} onChange={setFolder} />
        <label>
          <span>Begin with</span>
          <select
            className="select"
            value={sample}
            onChange={(e) => {
              setSample(e.target.value);
            }}
          >
            <option value="">An empty drawing</option>
            {(start?.samples ?? []).map((s) => (
              <option key={s.id} value={s.id}>
                {s.title}
              </option>
            ))}
          </select>
        </label>
        <p className="quiet">
          The drawing is kept in <span className="mono">{`${wanted || 'name'}/${wanted || 'name'}.airloom`}</span>, with
          its functions beside it.
        </p>
        <Trouble fault={fault} />
      </form>
    </Dialog>
  );
}

function FolderField({
  app,
  value,
  onChange,
}: {
  app: App;
  value: string;
  onChange: (folder: string) => void;
}): ReactElement {
  const { session } = app;
  const native = useStore(session.entry, (e) => e.phase === 'ready' && e.start.window);
  return (
    <label>
      <span>In the folder</span>
      <span className="dialog-row">
        <input
          className="input mono"
          value={value}
          spellCheck={false}
          onChange={(e) => {
            onChange(e.target.value);
          }}
        />
        {native && (
          <Button
            onClick={() => {
              void session
                .ask('Choose', 'choose', { what: 'folder', title: 'Where the project shall lie' })
                .then((c) => {
                  if (c?.path) onChange(c.path);
                });
            }}
          >
            Choose…
          </Button>
        )}
      </span>
    </label>
  );
}

/** Copies the open project: stays in it (duplicate), or goes on in the copy (save as). */
export function CopyProject({ app, stay, onClose }: { app: App; stay: boolean; onClose: () => void }): ReactElement {
  const { session } = app;
  const here = session.project.get();
  const [name, setName] = useState(`${here?.name ?? ''}-copy`);
  const [folder, setFolder] = useState((here?.path ?? '').replace(/[/\\][^/\\]*[/\\][^/\\]*$/, ''));
  const { busy, fault, attempt } = useAttempt(onClose);
  const form = useId();
  const wanted = name.trim();
  const copy = async (): Promise<void> => {
    if (!(await saved(session, 'Copy'))) return;
    const { path } = await session.bridge.call('copy', { name: wanted, folder });
    if (stay) session.toasts.say({ title: 'Duplicated', text: path });
    else await session.open(path);
  };
  return (
    <Dialog
      title={stay ? 'Duplicate project' : 'Save as'}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} disabled={wanted === '' || busy}>
            {busy && <Spinner label="Copying" />}
            {stay ? 'Duplicate' : 'Save'}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="dialog-form"
        onSubmit={(e) => {
          e.preventDefault();
          if (wanted) attempt(copy());
        }}
      >
        <label>
          <span>Name</span>
          <input
            className="input"
            data-first
            value={name}
            spellCheck={false}
            onChange={(e) => {
              setName(e.target.value);
            }}
          />
        </label>
        <FolderField app={app} value={folder} onChange={setFolder} />
        <p className="quiet">
          The copy has the drawing and the functions, and an identity of its own: what is deployed, the history and the
          sandboxes stay with {here?.name}.
        </p>
        <Trouble fault={fault} />
      </form>
    </Dialog>
  );
}

export function OpenProject({ app, onClose }: { app: App; onClose: () => void }): ReactElement {
  const { session } = app;
  const native = useStore(session.entry, (e) => e.phase === 'ready' && e.start.window);
  const [path, setPath] = useState('');
  const { busy, fault, attempt } = useAttempt(onClose);
  const form = useId();
  return (
    <Dialog
      title="Open a project"
      onClose={onClose}
      footer={
        <>
          {native && (
            <Button
              icon="folder"
              onClick={() => {
                void openWithDialog(session).then((ok) => {
                  if (ok) onClose();
                });
              }}
            >
              Choose a file…
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form} disabled={path.trim() === '' || busy}>
            {busy && <Spinner label="Opening" />}
            Open
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="dialog-form"
        onSubmit={(e) => {
          e.preventDefault();
          if (path.trim()) attempt(session.open(path.trim()));
        }}
      >
        <label>
          <span>Path of a project or its folder</span>
          <input
            className="input mono"
            data-first
            value={path}
            spellCheck={false}
            placeholder="~/shop"
            onChange={(e) => {
              setPath(e.target.value);
            }}
          />
        </label>
        <p className="quiet">A file name.airloom, its text name.design.json, or the folder that holds them.</p>
        <Trouble fault={fault} />
      </form>
    </Dialog>
  );
}

/** Something that is tried: closed when it worked, explained when it did not. */
function useAttempt(onDone: () => void): {
  busy: boolean;
  fault: Fault | null;
  attempt: (job: Promise<unknown>) => void;
} {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault | null>(null);
  const attempt = (job: Promise<unknown>): void => {
    setBusy(true);
    setFault(null);
    job.then(onDone, (e: unknown) => {
      setFault(asFault(e));
      setBusy(false);
    });
  };
  return { busy, fault, attempt };
}

function Trouble({ fault }: { fault: Fault | null }): ReactElement | null {
  return (
    fault && (
      <p className="dialog-trouble" role="alert">
        {sentence(fault.message)} {sentence(fault.hint)}
      </p>
    )
  );
}
