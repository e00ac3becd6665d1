// Taking a deployment down: what goes, and the sandbox's name typed by the person.
import { type ReactElement, useState } from 'react';
import type { Deployment } from '../../bridge/api';
import { useSession } from '../../session/context';
import { Button } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Notice } from '../parts/Notice';

export function Destroy(props: { deployment: Deployment; sandbox: string; onClose: () => void }): ReactElement {
  const { deployment: d, sandbox } = props;
  const session = useSession();
  const [typed, setTyped] = useState('');
  const sure = typed === sandbox;
  const n = d.resources?.length ?? 0;
  const go = (): void => {
    if (!sure) return;
    props.onClose();
    void session.deployer.destroy(typed);
  };
  return (
    <Dialog
      title={`Take down ${sandbox}?`}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose}>Keep it</Button>
          <Button look="danger" disabled={!sure} onClick={go}>
            Take down
          </Button>
        </>
      }
    >
      <div className="destroy">
        <p>
          {n} {n === 1 ? 'resource' : 'resources'} of the stack <strong>{d.sandbox.stack}</strong>
          {d.sandbox.account && ` in account ${d.sandbox.account}`} are removed. The drawing and the code stay.
        </p>
        <Notice tone="danger">Data in tables, buckets and queues is lost. This cannot be undone.</Notice>
        <label>
          Type <strong>{sandbox}</strong> to confirm
          <input
            className="input"
            autoComplete="off"
            spellCheck={false}
            data-first
            value={typed}
            onChange={(e) => {
              setTyped(e.target.value);
            }}
            onKeyDown={(e) => {
              if (e.key === 'Enter') go();
            }}
          />
        </label>
      </div>
    </Dialog>
  );
}
