// From drawing to running system: plan, consent, progress, what runs, and taking it down again.
import { type ReactElement, useState } from 'react';
import { useSession } from '../../session/context';
import { useStore, useValue } from '../../session/store';
import { Button, Empty, Spinner } from '../../ui/controls';
import { nameOf } from '../parts/name';
import { FaultNotice } from '../parts/Notice';
import '../parts/parts.css';
import './deploy.css';
import { Destroy } from './Destroy';
import { PlanView } from './PlanView';
import { Progress } from './Progress';
import { Running } from './Running';

export function DeployPanel(): ReactElement {
  const session = useSession();
  const s = useValue(session.deployer.state);
  const design = useStore(session.project, (p) => p?.design);
  const saving = useStore(session.project, (p) => p?.saving.state ?? 'saved');
  const [destroying, setDestroying] = useState(false);
  const busy = s.run?.status === 'running';
  const revision = design?.revision ?? 0;
  const stale = !!s.plan && s.planned !== revision;
  const where = design ? nameOf(design, s.fault?.where ?? '') : '';
  const nothing = Object.keys(design?.nodes ?? {}).length === 0;
  const plan = (): void => {
    void session.deployer.plan(revision);
  };

  return (
    <div className="panel deploy">
      <div className="panel-bar">
        <select
          className="select"
          aria-label="Sandbox"
          value={s.current}
          disabled={busy || s.planning}
          onChange={(e) => {
            void session.deployer.choose(e.target.value);
          }}
        >
          {s.sandboxes.length === 0 && <option value={s.current}>{s.current}</option>}
          {s.sandboxes.map((o) => (
            <option key={o.name} value={o.name}>
              {o.name} · {o.detail}
            </option>
          ))}
        </select>
        <Button
          look={s.plan && !stale ? 'plain' : 'primary'}
          icon={s.plan ? 'refresh' : 'deploy'}
          disabled={s.planning || busy || nothing || saving !== 'saved'}
          onClick={plan}
        >
          {s.plan ? 'Plan again' : 'Plan'}
        </Button>
        {s.planning && <Spinner label="Planning" />}
        <span className="grow" />
        {s.deployment && !busy && (
          <Button
            look="ghost"
            icon="trash"
            onClick={() => {
              setDestroying(true);
            }}
          >
            Take down …
          </Button>
        )}
      </div>
      <div className="panel-body deploy-body">
        <div className="deploy-main">
          {s.fault && (
            <FaultNotice
              doing="It stopped"
              fault={s.fault}
              where={where}
              action={
                where ? (
                  <Button
                    onClick={() => {
                      session.select([s.fault?.where ?? '']);
                    }}
                  >
                    Show
                  </Button>
                ) : undefined
              }
            />
          )}
          {s.run && <Progress run={s.run} />}
          {s.plan && !busy && <PlanView key={s.plan.id} plan={s.plan} stale={stale} trust={s.trust} onPlan={plan} />}
          {!s.run && !s.plan && !s.fault && (
            <Empty
              icon="deploy"
              title={
                s.planning
                  ? 'Comparing with what is deployed …'
                  : s.deployment
                    ? 'Up and running'
                    : 'Nothing deployed yet'
              }
            >
              {s.planning
                ? 'Code is packed, the template is made. Nothing is changed.'
                : nothing
                  ? 'Draw something first.'
                  : 'Plan shows what a deployment would change, here and on the drawing. Nothing happens before you agree.'}
            </Empty>
          )}
        </div>
        {s.deployment && <Running deployment={s.deployment} />}
      </div>
      {destroying && s.deployment && (
        <Destroy
          deployment={s.deployment}
          sandbox={s.current}
          onClose={() => {
            setDestroying(false);
          }}
        />
      )}
    </div>
  );
}
