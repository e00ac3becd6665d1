// A job while it runs and after: its steps, how far it is, what it said, and how it ended.
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import type { AppEvent } from '../../bridge/api';
import { useSession } from '../../session/context';
import type { Run } from '../../session/deployer';
import { useStore } from '../../session/store';
import { sentence } from '../../session/toasts';
import { Badge, Button, Spinner } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { nameOf } from '../parts/name';
import { FaultNotice } from '../parts/Notice';

/** So many of the newest events are shown. */
const shownAtOnce = 200;

export function Progress({ run }: { run: Run }): ReactElement {
  const session = useSession();
  const design = useStore(session.project, (p) => p?.design);
  const [canceling, setCanceling] = useState('');
  const list = useRef<HTMLUListElement>(null);
  const steps = useMemo(() => run.events.filter((e) => e.type === 'step'), [run.events]);
  const rest = useMemo(
    () => run.events.filter((e) => e.type !== 'step' && e.type !== 'tick' && e.type !== 'done'),
    [run.events],
  );
  const last = run.events.at(-1);
  const part = last?.type === 'tick' || last?.type === 'step' ? last.data?.progress : undefined;
  const running = run.status === 'running';

  useEffect(() => {
    const el = list.current;
    if (el && running) el.scrollTop = el.scrollHeight;
  }, [rest.length, running]);

  const name = (e: AppEvent): string => (design && e.node ? nameOf(design, e.node) : '');
  return (
    <section className="progress" aria-label={run.title}>
      <header className="progress-head" aria-live="polite">
        {running ? (
          <Spinner label="At work" />
        ) : (
          <Badge tone={run.status === 'succeeded' ? 'ok' : run.status === 'failed' ? 'danger' : 'warn'}>
            {run.status}
          </Badge>
        )}
        <h3>{sentence(run.title).replace(/\.$/, '')}</h3>
        <span className="grow" />
        {running && (
          <Button
            icon="stop"
            disabled={canceling === run.id}
            onClick={() => {
              setCanceling(run.id);
              void session.deployer.cancel();
            }}
          >
            {canceling === run.id ? 'Stopping …' : 'Cancel'}
          </Button>
        )}
      </header>
      {running && (
        <progress className="progress-bar" aria-label="How far it is" {...(part ? { value: part, max: 1 } : {})} />
      )}
      {run.fault && run.status !== 'succeeded' && run.fault.code !== 'canceled' && (
        <FaultNotice
          doing={run.status === 'failed' ? 'It failed' : 'It was stopped'}
          fault={run.fault}
          where={design ? nameOf(design, run.fault.where) : ''}
        />
      )}
      <ol className="progress-steps" aria-label="Steps">
        {steps.map((e, i) => {
          const now = running && i === steps.length - 1;
          return (
            <li key={e.seq} aria-current={now ? 'step' : undefined}>
              {now ? (
                <Spinner label="At work" />
              ) : (
                <Icon
                  name={run.status !== 'succeeded' && !running && i === steps.length - 1 ? 'close' : 'check'}
                  size={13}
                />
              )}
              {e.text.slice(0, 1).toUpperCase() + e.text.slice(1)}
              {now && last?.type === 'tick' && <span className="quiet"> {last.text}</span>}
            </li>
          );
        })}
      </ol>
      {rest.length > 0 && (
        <ul ref={list} className="progress-events" tabIndex={0} aria-label="What happened">
          {rest.length > shownAtOnce && (
            <li className="quiet">{rest.length - shownAtOnce} earlier ones are left out</li>
          )}
          {rest.slice(-shownAtOnce).map((e) => (
            <li key={e.seq} className={`progress-${e.level ?? 'info'}`}>
              {name(e) && (
                <button
                  type="button"
                  onClick={() => {
                    if (e.node) session.select([e.node]);
                  }}
                >
                  {name(e)}
                </button>
              )}
              <span>{e.type === 'resource' && e.data?.logicalId ? e.data.logicalId : e.text}</span>
              {e.data?.status && <span className="quiet">{e.data.status.toLowerCase().replace(/_/g, ' ')}</span>}
              {e.data?.reason && <span className="quiet">{e.data.reason}</span>}
              {e.data?.hint && <span className="quiet">{sentence(e.data.hint)}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
