// What is deployed: its addresses first, then outputs and resources.
import { type ReactElement, useState } from 'react';
import type { Deployment } from '../../bridge/api';
import { useSession } from '../../session/context';
import { Badge, Button } from '../../ui/controls';
import { CopyButton } from '../parts/Copy';
import { External } from '../parts/External';
import { sentence } from '../../session/toasts';

const shownAtOnce = 100;

export function Running({ deployment: d }: { deployment: Deployment }): ReactElement {
  const session = useSession();
  const [open, setOpen] = useState(false);
  const urls = d.urls ?? [];
  const outputs = Object.entries(d.outputs ?? {}).filter(([, v]) => !urls.some((u) => u.url === v));
  const resources = d.resources ?? [];
  const failed = /FAILED|ROLLBACK/.test(d.status);
  return (
    <section className="running" aria-label="What is deployed">
      <header className="progress-head">
        <Badge tone={failed ? 'danger' : /PROGRESS/.test(d.status) ? 'warn' : 'ok'}>
          {d.status.toLowerCase().replace(/_/g, ' ')}
        </Badge>
        <span className="panel-fact">
          <time dateTime={d.ended ?? d.started}>{when(d.ended ?? d.started)}</time>
        </span>
      </header>
      {d.reason && <p className={failed ? 'field-wrong' : 'quiet'}>{sentence(d.reason)}</p>}
      {urls.length > 0 && (
        <ul className="running-urls">
          {urls.map((u) => (
            <li key={`${u.node} ${u.url}`}>
              <button
                type="button"
                className="running-node"
                title={u.title}
                onClick={() => {
                  session.select([u.node]);
                }}
              >
                {u.title}
              </button>
              <External url={u.url} sandbox={d.sandbox.name}>
                {u.url}
              </External>
              <CopyButton what="Address" text={u.url} />
            </li>
          ))}
        </ul>
      )}
      {outputs.length > 0 && (
        <dl className="running-outputs">
          {outputs.map(([k, v]) => (
            <div key={k}>
              <dt>{k}</dt>
              <dd className="mono">{v}</dd>
              <CopyButton what={k} text={v} />
            </div>
          ))}
        </dl>
      )}
      {resources.length > 0 && (
        <details
          open={open}
          onToggle={(e) => {
            setOpen(e.currentTarget.open);
          }}
        >
          <summary>
            {resources.length} {resources.length === 1 ? 'resource' : 'resources'}
          </summary>
          {open && (
            <ul className="running-resources">
              {resources.slice(0, shownAtOnce).map((r) => (
                <li key={r.logicalId}>
                  <Button
                    look="ghost"
                    disabled={!r.node}
                    onClick={() => {
                      if (r.node) session.select([r.node]);
                    }}
                  >
                    {r.logicalId}
                  </Button>
                  <span className="mono quiet">{r.physicalId}</span>
                </li>
              ))}
              {resources.length > shownAtOnce && <li className="quiet">and {resources.length - shownAtOnce} more</li>}
            </ul>
          )}
        </details>
      )}
    </section>
  );
}

const when = (time: string): string => {
  const t = new Date(time);
  return Number.isNaN(t.getTime()) ? '' : t.toLocaleString();
};
